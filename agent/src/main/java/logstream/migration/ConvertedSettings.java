package logstream.migration;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import logstream.migration.FluentdElement.Parameter;

/**
 * Our settings as they are gathered from a fluentd configuration, and the notes about the rest.
 *
 * <p>Threading: confined to one thread.
 */
final class ConvertedSettings {
    private static final int LONGEST_SHOWN = 60;
    private static final int NOTE_WIDTH = 110;
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./][A-Za-z0-9_./:%+-]*");
    private static final Pattern RUBY = Pattern.compile("#\\{(.*?)}");
    private static final Pattern VARIABLE = Pattern.compile(
            "ENV\\[['\"](\\w+)['\"]]|ENV\\.fetch\\(['\"](\\w+)['\"]\\)|ENV\\[['\"](\\w+)['\"]]\\s*\\|\\|\\s*['\"]([^}'\"]*)['\"]");

    /** Parameters whose values are shown nowhere but in the settings they become. */
    private static final List<String> SECRET =
            List.of("aws_key_id", "aws_sec_key", "shared_key", "password", "private_key_passphrase", "http_proxy");

    /** The order of the sections in the file that is made. */
    private static final List<String> SECTIONS =
            List.of("forward", "record", "buffer", "kinesis", "monitor", "shutdown");

    private final Map<String, Value> values = new LinkedHashMap<>();
    private final List<ConversionNote> notes = new ArrayList<>();

    private record Value(String yaml, int line) {}

    /** Takes the text of a parameter over; the first that is given holds. */
    void text(String key, Parameter from) {
        translated(from).ifPresent(text -> set(key, quoted(text), from));
    }

    /** Takes over what a parameter became. */
    void set(String key, String yaml, Parameter from) {
        Value first = values.putIfAbsent(key, new Value(yaml, from.line()));
        if (first != null && !first.yaml.equals(yaml)) {
            note(from, key + " is already set from line " + first.line + ".", "Decide which of the two holds.");
        }
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    /** The text with references to the environment written our way; empty, and noted, when there is other Ruby in it. */
    Optional<String> translated(Parameter from) {
        Matcher ruby = RUBY.matcher(from.text().replace("${", "$${"));
        StringBuilder text = new StringBuilder();
        while (ruby.find()) {
            Matcher variable = VARIABLE.matcher(ruby.group(1).strip());
            if (!variable.matches()) {
                note(from, "It is Ruby, which is not run here.", "Write the value that it gives into the new file.");
                return Optional.empty();
            }
            String name = Optional.ofNullable(variable.group(1))
                    .or(() -> Optional.ofNullable(variable.group(2)))
                    .orElse(variable.group(3));
            String fallback = variable.group(4) == null ? "" : ":-" + variable.group(4);
            ruby.appendReplacement(text, Matcher.quoteReplacement("${" + name + fallback + "}"));
        }
        return Optional.of(ruby.appendTail(text).toString());
    }

    /** What was not carried over, and what to do; an empty {@code todo} for nothing. */
    void note(Parameter from, String why, String todo) {
        String value = from.value().filter(_ -> !SECRET.contains(from.name())).orElse("");
        note(from.line(), from.name() + (value.isEmpty() ? "" : " " + value), why, todo);
    }

    void note(int line, String what, String why, String todo) {
        String safe = what.replaceAll("\\p{Cntrl}", " ");
        String shown = safe.length() <= LONGEST_SHOWN ? safe : safe.substring(0, LONGEST_SHOWN) + "…";
        notes.add(new ConversionNote(line, shown, why, todo));
    }

    /** A text as YAML, on one line. */
    static String quoted(String text) {
        return PLAIN.matcher(text).matches()
                        && !text.endsWith(":")
                        && !text.contains(":/")
                        && !text.equalsIgnoreCase("null")
                ? text
                : "'" + text.replaceAll("\\p{Cntrl}", " ").replace("'", "''") + "'";
    }

    ConvertedConfig converted() {
        notes.sort(Comparator.comparingInt(ConversionNote::line));
        StringBuilder yaml = new StringBuilder("""
                # Made from a fluentd configuration by 'logstream convert-config'. The comments name its lines.
                # What is not here is as it is by default; 'logstream config show FILE' prints everything.
                """);
        for (String section : SECTIONS) {
            write(section, yaml);
        }
        notes("Not carried over; please decide:", true, yaml);
        notes("Different, and nothing to do:", false, yaml);
        return new ConvertedConfig(yaml.toString(), List.copyOf(notes));
    }

    private void write(String section, StringBuilder yaml) {
        List<String> open = List.of();
        for (Map.Entry<String, Value> entry : inside(section)) {
            List<String> path = List.of(entry.getKey().split("\\.", -1));
            for (int depth = 0; depth < path.size() - 1; depth++) {
                if (open.size() <= depth || !open.subList(0, depth + 1).equals(path.subList(0, depth + 1))) {
                    yaml.append(depth == 0 ? "\n" : "")
                            .append("  ".repeat(depth))
                            .append(path.get(depth))
                            .append(":\n");
                }
            }
            open = path.subList(0, path.size() - 1);
            yaml.append("  ".repeat(open.size()))
                    .append(path.getLast())
                    .append(": ")
                    .append(entry.getValue().yaml)
                    .append("   # line ")
                    .append(entry.getValue().line)
                    .append('\n');
        }
    }

    /** What is right in the section before what is in sections of it. */
    private List<Map.Entry<String, Value>> inside(String section) {
        return values.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(section + "."))
                .sorted(Comparator.comparing((Map.Entry<String, Value> entry) -> sectionOf(entry.getKey())))
                .toList();
    }

    private static String sectionOf(String key) {
        return key.substring(0, key.lastIndexOf('.'));
    }

    private void notes(String head, boolean work, StringBuilder yaml) {
        List<ConversionNote> those =
                notes.stream().filter(note -> note.todo().isEmpty() != work).toList();
        if (those.isEmpty()) {
            return;
        }
        yaml.append("\n# ").append(head).append('\n');
        for (ConversionNote note : those) {
            StringBuilder line = new StringBuilder("# -");
            for (String word : note.toString().split(" ", -1)) {
                if (line.length() + 1 + word.length() > NOTE_WIDTH) {
                    yaml.append(line).append('\n');
                    line = new StringBuilder("#  ");
                }
                line.append(' ').append(word);
            }
            yaml.append(line).append('\n');
        }
    }
}
