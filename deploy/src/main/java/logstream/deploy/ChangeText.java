package logstream.deploy;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import logstream.deploy.stacks.ChangeSet;
import logstream.deploy.stacks.ChangeSet.Change;
import logstream.deploy.stacks.ChangeSet.Property;
import logstream.deploy.stacks.StackState;
import logstream.deploy.templates.StackParameter;
import logstream.deploy.templates.StackTemplate;

/** What an update would do, for people: + made, ~ changed, - removed, -/+ replaced. */
final class ChangeText {
    private static final int LONGEST_VALUE = 120;

    private ChangeText() {}

    static void print(
            StackState stack, StackTemplate template, Map<String, String> given, ChangeSet changes, PrintWriter out) {
        out.println("Update of " + stack.name() + " (" + stack.status() + "), template " + template.name() + ":");
        given.forEach((name, value) -> {
            String before = stack.parameters().getOrDefault(name, "");
            if (!before.equals(value)) {
                boolean hidden =
                        template.parameter(name).map(StackParameter::hidden).orElse(false);
                out.println("  parameter " + name + "  " + (hidden ? "(hidden)" : values(before, value)));
            }
        });
        changes.changes().forEach(change -> print(change, out));
        out.flush();
    }

    private static void print(Change change, PrintWriter out) {
        String sign = switch (change.action()) {
            case ADD -> "+";
            case REMOVE -> "-";
            case UNKNOWN -> "?";
            case MODIFY -> change.replacement() == ChangeSet.Replacement.NO ? "~" : "-/+";
        };
        String note = switch (change.replacement()) {
            case NO -> change.action() == ChangeSet.Action.REMOVE ? "  removed" : "";
            case PERHAPS -> "  perhaps replaced";
            case YES -> "  replaced";
        };
        out.println("  " + sign + " " + change.logicalId() + " (" + change.type() + ")" + note);
        for (Property property : change.properties()) {
            String values = property.before().isEmpty() && property.after().isEmpty()
                    ? "changes"
                    : values(property.before(), property.after());
            out.println("      " + property.name() + "  " + values);
        }
    }

    /** For {@code --json}. */
    static List<Map<String, Object>> members(ChangeSet changes) {
        return changes.changes().stream().map(ChangeText::members).collect(Collectors.toList());
    }

    private static Map<String, Object> members(Change change) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("resource", change.logicalId());
        members.put("type", change.type());
        members.put("action", change.action().name().toLowerCase(Locale.ROOT));
        members.put("replaced", change.replacement().name().toLowerCase(Locale.ROOT));
        members.put(
                "properties",
                change.properties().stream()
                        .map(one -> Map.of("name", one.name(), "before", one.before(), "after", one.after()))
                        .toList());
        return members;
    }

    private static String values(String before, String after) {
        return shown(before) + " -> " + shown(after);
    }

    private static String shown(String value) {
        return value.isEmpty() ? "(none)" : ShownText.line(value, LONGEST_VALUE);
    }
}
