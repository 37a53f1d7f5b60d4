package logstream.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import logstream.config.SettingType.WrongValueException;

/**
 * The texts that the file has behind a key, with the environment's variables put in.
 *
 * <p>Format: <code>${NAME}</code> is the variable's value, which must be set; <code>${NAME:-TEXT}</code> is TEXT when it is
 * not set or empty, as in a shell; <code>$${</code> is a plain <code>${</code>. What is put in is text and never YAML.
 *
 * <p>Threading: immutable.
 *
 * @param texts one for a plain value, any number for a list
 * @param variables the variables in them, and whether each is set
 */
record SettingText(List<String> texts, List<String> variables) {
    private static final Pattern REFERENCE =
            Pattern.compile("\\$\\$\\{|\\$\\{(?:([A-Za-z_][A-Za-z0-9_]{0,254})(:-[^}]*)?})?");

    private static final String REFERENCES =
            "An environment variable is ${NAME} or ${NAME:-TEXT}, and a plain ${ is $${";

    /** What an unknown reference is shown of. */
    private static final int LONGEST_SHOWN = 40;

    /**
     * The plain texts behind a key; empty when something else is there.
     *
     * @throws WrongValueException when a variable is not set, or what looks like one is none
     */
    static Optional<SettingText> of(TextType<?> type, YamlNode node, Map<String, String> environment)
            throws WrongValueException {
        List<YamlNode> nodes = node instanceof YamlNode.Items list && type.takesList() ? list.items() : List.of(node);
        List<String> texts = new ArrayList<>();
        List<String> variables = new ArrayList<>();
        for (YamlNode one : nodes) {
            if (!(one instanceof YamlNode.Text text)) {
                return Optional.empty();
            }
            try {
                texts.add(resolve(text.text(), environment, variables));
            } catch (NoReferenceException none) {
                throw new WrongValueException(type.isSecret() ? REFERENCES : REFERENCES + "; found " + none.found);
            }
        }
        return Optional.of(new SettingText(List.copyOf(texts), List.copyOf(variables)));
    }

    private static String resolve(String text, Map<String, String> environment, List<String> variables)
            throws WrongValueException, NoReferenceException {
        Matcher matcher = REFERENCE.matcher(text);
        StringBuilder resolved = new StringBuilder();
        while (matcher.find()) {
            String found = matcher.group().equals("$${") ? "${" : value(text, matcher, environment, variables);
            matcher.appendReplacement(resolved, Matcher.quoteReplacement(found));
        }
        return matcher.appendTail(resolved).toString();
    }

    private static String value(String text, Matcher matcher, Map<String, String> environment, List<String> variables)
            throws WrongValueException, NoReferenceException {
        String name = matcher.group(1);
        if (name == null) {
            String from = text.substring(matcher.start());
            String shown = from.length() <= LONGEST_SHOWN ? from : from.substring(0, LONGEST_SHOWN) + "…";
            throw new NoReferenceException(new YamlNode.Text(0, 0, shown).described());
        }
        Optional<String> value = Optional.ofNullable(environment.get(name));
        String fallback = matcher.group(2);
        if (fallback != null && value.filter(set -> !set.isEmpty()).isEmpty()) {
            variables.add("environment variable " + name + " is not set");
            return fallback.substring(2);
        }
        variables.add("environment variable " + name);
        return value.orElseThrow(() -> new WrongValueException("The environment variable " + name
                + " is not set: set it, or write ${" + name + ":-TEXT} with what holds without it"));
    }

    /** What looks like a variable is none. */
    private static final class NoReferenceException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String found;

        private NoReferenceException(String found) {
            super("what looks like an environment variable is none");
            this.found = found;
        }
    }
}
