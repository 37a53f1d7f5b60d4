package logstream.monitor;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import logstream.monitor.LineFilter.WrongFilterException;
import logstream.pipeline.LiveTail;
import logstream.pipeline.Viewer;
import logstream.tail.LogRecord;
import logstream.tail.VisibleText;

/**
 * Answers {@code GET /api/tail}: the lines that the agent takes, as they come, until the reader goes or an hour has passed.
 *
 * <p>Format: as text, a line each, {@code time container source | line}, control characters made visible; as server-sent
 * events, {@code line} with the record as JSON and {@code missed} with {@code {"lines":N}}; as JSON, one record in a line.
 *
 * <p>Threading: each request on a thread of its own.
 */
final class TailAnswer {
    /** A reader that has gone is only noticed when something is written: it must not keep its place for ever. */
    static final Duration LONGEST = Duration.ofHours(1);

    /** Between two signs of life. */
    private static final Duration BEAT = Duration.ofSeconds(5);

    /** After so long without a line, one says so: else nobody would notice that a reader of text has gone. */
    private static final Duration QUIET = Duration.ofMinutes(1);

    private static final int BUFFER_BYTES = 32 << 10;

    private final LiveTail liveTail;
    private final LongSupplier nanoTime;

    TailAnswer(LiveTail liveTail, LongSupplier nanoTime) {
        this.liveTail = liveTail;
        this.nanoTime = nanoTime;
    }

    /** How lines are written. */
    private enum Form {
        TEXT(Request.TEXT),
        SSE(EventStream.TYPE),
        JSON("application/x-ndjson");

        private final String type;

        Form(String type) {
            this.type = type;
        }
    }

    void answer(Request request) throws IOException {
        Optional<Form> form = form(request);
        if (form.isEmpty()) {
            request.say(400, "format is none of text, sse and json");
            return;
        }
        LineFilter filter;
        try {
            filter = LineFilter.of(request::parameter);
        } catch (WrongFilterException e) {
            request.say(400, String.valueOf(e.getMessage()));
            return;
        }
        Optional<Viewer> watching = liveTail.watch();
        if (watching.isEmpty()) {
            request.say(503, LiveTail.MOST_VIEWERS + " viewers watch already; close one");
            return;
        }
        try (Viewer viewer = watching.get();
                OutputStream out = new BufferedOutputStream(request.stream(form.get().type), BUFFER_BYTES)) {
            write(viewer, filter, new Output(form.get(), out));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Optional<Form> form(Request request) {
        Optional<String> asked = request.parameter("format");
        if (asked.isEmpty()) {
            boolean events = request.header("Accept").orElse("").contains(EventStream.TYPE);
            return Optional.of(events ? Form.SSE : Form.TEXT);
        }
        for (Form form : Form.values()) {
            if (Json.name(form).equals(asked.get())) {
                return Optional.of(form);
            }
        }
        return Optional.empty();
    }

    private void write(Viewer viewer, LineFilter filter, Output out) throws IOException, InterruptedException {
        long begun = nanoTime.getAsLong();
        long shown = begun;
        long beaten = begun;
        // The head of the answer goes out, so that the reader knows that it watches.
        out.beat();
        while (nanoTime.getAsLong() - begun < LONGEST.toNanos()) {
            List<byte[]> records = viewer.next(BEAT);
            for (byte[] record : records) {
                Optional<LogRecord> line = LogRecord.parse(record);
                if (line.isPresent() ? filter.wants(line.get()) : filter.wantsAll()) {
                    out.line(record, line);
                    shown = nanoTime.getAsLong();
                }
            }
            long missed = viewer.takeMissed();
            if (missed > 0) {
                out.missed(missed);
            }
            if (nanoTime.getAsLong() - shown > QUIET.toNanos()) {
                out.quiet();
                shown = nanoTime.getAsLong();
            }
            out.flush();
            if (nanoTime.getAsLong() - beaten > BEAT.toNanos()) {
                out.beat();
                beaten = nanoTime.getAsLong();
            }
        }
        out.end();
    }

    /** Writes in one of the forms. */
    private static final class Output {
        private final Form form;
        private final OutputStream out;
        private final EventStream events;
        private boolean wrote;

        Output(Form form, OutputStream out) {
            this.form = form;
            this.out = out;
            this.events = new EventStream(out);
        }

        void line(byte[] record, Optional<LogRecord> line) throws IOException {
            wrote = true;
            switch (form) {
                case TEXT ->
                    text(line.map(Output::shown)
                            .orElseGet(() -> VisibleText.of(new String(record, StandardCharsets.UTF_8))));
                case SSE -> events.event("line", record);
                case JSON -> {
                    out.write(record);
                    out.write('\n');
                }
            }
        }

        void missed(long lines) throws IOException {
            wrote = true;
            byte[] json = Json.of(Map.of("lines", lines));
            switch (form) {
                case TEXT -> text("-- " + lines + " lines were not looked at: more came than this viewer is given");
                case SSE -> events.event("missed", json);
                case JSON -> text("{\"logstream_missed\":" + lines + "}");
            }
        }

        /** Sends what was written, if anything was. */
        void flush() throws IOException {
            if (wrote) {
                out.flush();
                wrote = false;
            }
        }

        /** Something, so that a reader that has gone is noticed, in forms that have a something that means nothing. */
        void beat() throws IOException {
            switch (form) {
                case SSE -> events.beat();
                case TEXT, JSON -> out.flush();
            }
        }

        void quiet() throws IOException {
            wrote = true;
            switch (form) {
                case TEXT -> text("-- no such line for a minute");
                case SSE -> {} // The beat is seen by the reader's program.
                case JSON -> text("");
            }
        }

        void end() throws IOException {
            switch (form) {
                case TEXT -> text("-- this has gone on for an hour: ask again to see more");
                case SSE -> events.event("end", Json.of(Map.of("hours", LONGEST.toHours())));
                case JSON -> {}
            }
            out.flush();
        }

        private void text(String line) throws IOException {
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        }

        private static String shown(LogRecord line) {
            String container = line.container().isEmpty() ? "-" : line.container();
            String source = line.source().isEmpty() ? "-" : line.source();
            return VisibleText.of(line.time()) + " " + VisibleText.of(container) + " " + VisibleText.of(source) + " | "
                    + VisibleText.of(line.log());
        }
    }
}
