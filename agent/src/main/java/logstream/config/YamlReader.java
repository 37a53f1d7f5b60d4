package logstream.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads the YAML that a configuration may be made of: one document of sections, lists and plain values. Aliases are
 * refused: Jackson would hand on their names as if they were text.
 *
 * <p>Threading: confined to one thread.
 */
final class YamlReader {
    private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f]");
    private static final Pattern INDENTED_BY_TAB = Pattern.compile(" *\t");

    private final String text;

    private YamlReader(String text) {
        this.text = text;
    }

    /** The text cannot be read as YAML; nothing behind the place can be judged. */
    static final class SyntaxException extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Problem problem;

        SyntaxException(Problem problem) {
            super(problem.toString());
            this.problem = problem;
        }

        Problem problem() {
            return problem;
        }
    }

    /** The root of the document; empty when there is nothing but white space and comments. */
    static Optional<YamlNode> read(String text) throws SyntaxException {
        return new YamlReader(text).document();
    }

    private Optional<YamlNode> document() throws SyntaxException {
        try (YAMLParser parser = new YAMLFactory().createParser(text)) {
            if (parser.nextToken() == null) {
                return Optional.empty();
            }
            YamlNode root = node(parser);
            if (parser.nextToken() != null) {
                throw at(
                        parser.currentTokenLocation(),
                        "a second document begins here; a configuration is one document");
            }
            return Optional.of(root);
        } catch (JsonProcessingException invalid) {
            throw syntax(invalid);
        } catch (IOException unreadable) {
            throw new SyntaxException(new Problem(0, 0, "cannot be read as YAML: " + unreadable.getMessage()));
        }
    }

    private YamlNode node(YAMLParser parser) throws IOException, SyntaxException {
        JsonLocation place = parser.currentTokenLocation();
        int line = place.getLineNr();
        int column = place.getColumnNr();
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            return new YamlNode.Section(line, column, entries(parser));
        }
        if (token == JsonToken.START_ARRAY) {
            List<YamlNode> items = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                items.add(node(parser));
            }
            return new YamlNode.Items(line, column, List.copyOf(items));
        }
        if (parser.isCurrentAlias()) {
            throw at(
                    place,
                    "this is a YAML alias, which a configuration does not know; a text that begins with * needs quotes");
        }
        if (token == JsonToken.VALUE_NULL) {
            return new YamlNode.Nothing(line, column);
        }
        return new YamlNode.Text(line, column, parser.getText());
    }

    private List<YamlNode.Entry> entries(YAMLParser parser) throws IOException, SyntaxException {
        List<YamlNode.Entry> entries = new ArrayList<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            JsonLocation place = parser.currentTokenLocation();
            YamlNode.Text key = new YamlNode.Text(place.getLineNr(), place.getColumnNr(), parser.currentName());
            parser.nextToken();
            entries.add(new YamlNode.Entry(key, node(parser)));
        }
        return List.copyOf(entries);
    }

    private SyntaxException syntax(JsonProcessingException invalid) {
        if (invalid instanceof StreamConstraintsException) {
            return new SyntaxException(new Problem(0, 0, "is nested far deeper than any configuration"));
        }
        JsonLocation place = invalid.getLocation();
        int line = place == null ? 0 : place.getLineNr();
        int column = place == null ? 0 : place.getColumnNr();
        return new SyntaxException(control()
                .or(() -> tab(line))
                .orElseGet(() -> new Problem(line, column, "not valid YAML: " + parserWords(invalid))));
    }

    /** The first character that no YAML file may have; the parser does not tell its place. */
    private Optional<Problem> control() {
        Matcher matcher = CONTROL.matcher(text);
        if (!matcher.find()) {
            return Optional.empty();
        }
        int at = matcher.start();
        int line = (int) text.substring(0, at)
                        .chars()
                        .filter(character -> character == '\n')
                        .count()
                + 1;
        String sentence = String.format(Locale.ROOT, "a control character, \\x%02x; remove it", (int) text.charAt(at));
        return Optional.of(new Problem(line, at - text.lastIndexOf('\n', at), sentence));
    }

    /** A tab in the indentation of the line that the parser stumbled over, or of the next: it tells the place before. */
    private Optional<Problem> tab(int line) {
        List<String> lines = text.lines().toList();
        for (int at = Math.max(1, line); at <= Math.min(line + 1, lines.size()); at++) {
            Matcher matcher = INDENTED_BY_TAB.matcher(lines.get(at - 1));
            if (matcher.lookingAt()) {
                return Optional.of(new Problem(at, matcher.end(), "a tab; YAML is indented with spaces only"));
            }
        }
        return Optional.empty();
    }

    /** The parser's own words, without its picture of the place and without its copy of line and column. */
    private static String parserWords(JsonProcessingException invalid) {
        String words = invalid.getOriginalMessage()
                .lines()
                .filter(line -> !line.startsWith(" ") && !line.isBlank())
                .collect(Collectors.joining(", "));
        if (words.contains("tag handle")) {
            // The parser tells the text, which may be a secret.
            return "a YAML tag, which a configuration does not know; a text that begins with ! needs quotes";
        }
        return words.contains("scanning an alias") ? words + "; a text that begins with * needs quotes" : words;
    }

    private static SyntaxException at(JsonLocation place, String sentence) {
        return new SyntaxException(new Problem(place.getLineNr(), place.getColumnNr(), sentence));
    }
}
