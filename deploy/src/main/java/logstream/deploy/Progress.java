package logstream.deploy;

import java.io.PrintWriter;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import logstream.deploy.stacks.FirstCause;
import logstream.deploy.stacks.StackEvent;

/** Prints the events of an operation as they are seen. What failed first is said above all that follows from it. */
final class Progress implements Consumer<List<StackEvent>> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneOffset.UTC);
    private static final int LONGEST_REASON = 1_000;

    private final PrintWriter out;
    private final boolean json;
    private final List<StackEvent> seen = new ArrayList<>();

    Progress(PrintWriter out, boolean json) {
        this.out = out;
        this.json = json;
    }

    @Override
    public void accept(List<StackEvent> events) {
        boolean causeKnown = FirstCause.among(seen).isPresent();
        seen.addAll(events);
        if (json) {
            events.forEach(event -> JsonOutput.line(out, Map.of("event", members(event))));
            return;
        }
        Optional<StackEvent> cause = FirstCause.among(seen);
        if (!causeKnown && cause.isPresent()) {
            out.println("==> " + sentence(cause.get()));
        }
        events.forEach(event -> out.println(line(event)));
        out.flush();
    }

    /** What failed, and why, in a sentence without its end. */
    static String sentence(StackEvent cause) {
        String what = cause.ofStack() ? "the stack" : cause.logicalId() + " (" + cause.type() + ")";
        return what + " failed first: " + ShownText.line(cause.reason(), LONGEST_REASON);
    }

    static Map<String, String> members(StackEvent event) {
        Map<String, String> members = new LinkedHashMap<>();
        members.put("time", event.time().toString());
        members.put("resource", event.logicalId());
        members.put("type", event.type());
        members.put("status", event.status());
        members.put("reason", event.reason());
        return members;
    }

    private static String line(StackEvent event) {
        String line = TIME.format(event.time()) + "  " + padded(event.status(), 28) + "  "
                + padded(event.logicalId(), 24) + "  " + padded(event.type(), 26) + "  "
                + ShownText.line(event.reason(), LONGEST_REASON);
        return line.stripTrailing();
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
