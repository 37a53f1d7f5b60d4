package logstream.migration;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import logstream.migration.FluentdElement.Parameter;

/**
 * Reads fluentd's configuration language, as of version 1 and as old files use it.
 *
 * <p>Format: {@code <name argument>}, {@code </name>}, {@code name value}, {@code name} alone, {@code # comment}; a comment
 * may stand behind a value that is not quoted, with a space before it. Values in brackets or double quotes may go over
 * several lines. Sections lie in each other at most {@value #DEEPEST} deep.
 *
 * <p>Threading: confined to one thread.
 */
final class FluentdParser {
    private static final int DEEPEST = 20;
    private static final int LONGEST_SHOWN = 60;

    private static final Pattern OPEN = Pattern.compile("<([a-zA-Z0-9_]+)(?:\\s+(.*?))?\\s*>\\s*(?:#.*)?");
    private static final Pattern CLOSE = Pattern.compile("</([a-zA-Z0-9_]+)\\s*>\\s*(?:#.*)?");
    private static final Pattern PARAMETER = Pattern.compile("(@?[a-zA-Z0-9_.-]+)(?:\\s+(.*))?");
    private static final Pattern COMMENT = Pattern.compile("(?:^|\\s+)#(?!\\{).*$");

    private final List<String> lines;
    private int at;

    private FluentdParser(String text) {
        this.lines = text.lines().toList();
    }

    /** The file as a section without a name. */
    static FluentdElement parse(String text) throws FluentdSyntaxException {
        return new FluentdParser(text).element("", "", 0, 0);
    }

    private FluentdElement element(String name, String argument, int line, int depth) throws FluentdSyntaxException {
        List<Parameter> parameters = new ArrayList<>();
        List<FluentdElement> elements = new ArrayList<>();
        while (at < lines.size()) {
            String text = lines.get(at++).strip();
            int here = at;
            Matcher open = OPEN.matcher(text);
            Matcher close = CLOSE.matcher(text);
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            if (close.matches()) {
                requireSame(name, line, close.group(1), here);
                return new FluentdElement(name, argument, line, List.copyOf(parameters), List.copyOf(elements));
            }
            if (open.matches()) {
                if (depth == DEEPEST) {
                    throw new FluentdSyntaxException(here, "sections lie in each other deeper than " + DEEPEST);
                }
                String of = Optional.ofNullable(open.group(2)).orElse("");
                elements.add(element(open.group(1), of, here, depth + 1));
            } else {
                parameters.add(parameter(text, here));
            }
        }
        if (!name.isEmpty()) {
            throw new FluentdSyntaxException(line, "<" + name + "> is not closed: </" + name + "> is missing");
        }
        return new FluentdElement(name, argument, line, List.copyOf(parameters), List.copyOf(elements));
    }

    private static void requireSame(String open, int openLine, String closed, int line) throws FluentdSyntaxException {
        if (!open.equals(closed)) {
            String expected = open.isEmpty() ? "no section is open" : "<" + open + "> of line " + openLine + " is open";
            throw new FluentdSyntaxException(line, "</" + closed + "> closes nothing: " + expected);
        }
    }

    private Parameter parameter(String text, int line) throws FluentdSyntaxException {
        Matcher matcher = PARAMETER.matcher(text);
        if (!matcher.matches()) {
            throw new FluentdSyntaxException(
                    line, "'" + shown(text) + "' is neither a section, nor a name with a value, nor a comment");
        }
        String raw = Optional.ofNullable(matcher.group(2)).orElse("");
        String value = value(raw, line);
        return new Parameter(
                matcher.group(1), value.isEmpty() && !quoted(raw) ? Optional.empty() : Optional.of(value), line);
    }

    private static boolean quoted(String raw) {
        return raw.startsWith("\"") || raw.startsWith("'");
    }

    private String value(String raw, int line) throws FluentdSyntaxException {
        if (raw.startsWith("\"")) {
            return unescaped(whole(raw, line, FluentdParser::isClosedQuote));
        }
        if (raw.startsWith("'")) {
            int end = raw.indexOf('\'', 1);
            if (end < 0) {
                throw new FluentdSyntaxException(line, "a quote is not closed");
            }
            return raw.substring(1, end);
        }
        if (raw.startsWith("[") || raw.startsWith("{")) {
            return whole(raw, line, FluentdParser::isBalanced);
        }
        return COMMENT.matcher(raw).replaceFirst("").strip();
    }

    private interface Complete {
        boolean is(String text);
    }

    /** The value with as many of the following lines as it needs. */
    private String whole(String raw, int line, Complete complete) throws FluentdSyntaxException {
        StringBuilder all = new StringBuilder(raw);
        while (!complete.is(all.toString())) {
            if (at == lines.size()) {
                throw new FluentdSyntaxException(line, "a value that begins with " + raw.charAt(0) + " has no end");
            }
            all.append('\n').append(lines.get(at++).strip());
        }
        return all.toString();
    }

    private static boolean isClosedQuote(String text) {
        return closingQuote(text) > 0;
    }

    private static int closingQuote(String text) {
        for (int place = 1; place < text.length(); place++) {
            if (text.charAt(place) == '\\') {
                place++;
            } else if (text.charAt(place) == '"' && !insideRuby(text, place)) {
                return place;
            }
        }
        return -1;
    }

    /** Quotes inside of <code>#{...}</code> belong to the Ruby there. */
    private static boolean insideRuby(String text, int place) {
        int begin = text.lastIndexOf("#{", place);
        return begin >= 0 && text.indexOf('}', begin) > place;
    }

    private static boolean isBalanced(String text) {
        long open = text.chars().filter(one -> one == '[' || one == '{').count();
        long closed = text.chars().filter(one -> one == ']' || one == '}').count();
        return open <= closed;
    }

    private static String unescaped(String quoted) {
        int end = closingQuote(quoted);
        return quoted.substring(1, end).replaceAll("\\\\([\"'\\\\])", "$1");
    }

    private static String shown(String text) {
        String safe = text.replaceAll("\\p{Cntrl}", "?");
        return safe.length() <= LONGEST_SHOWN ? safe : safe.substring(0, LONGEST_SHOWN) + "…";
    }
}
