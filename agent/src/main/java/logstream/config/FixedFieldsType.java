package logstream.config;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import logstream.config.SettingType.WrongValueException;
import logstream.pipeline.AddedFieldsConfig.Field;

/**
 * The type of {@code record.fields}: texts {@code NAME=TEXT}.
 *
 * <p>Threading: stateless.
 */
record FixedFieldsType() implements TextType<List<Field>> {
    /** What a field that the agent adds may be called, besides the reserved names. */
    static final String NAME_ALLOWED =
            "1 to 64 letters, digits and '_.@-', other than time, tag, log and what begins with line_ or partial_";

    static final String NAME_PATTERN = "(?!(?:time|tag|log)$|line_|partial_)[A-Za-z0-9_.@-]{1,64}";

    /** Our choice; with {@link #MOST_BYTES} below what may stand around a piece of a line. */
    private static final int MOST_FIELDS = 32;

    private static final int MOST_BYTES = 256;
    private static final Pattern NAME = Pattern.compile(NAME_PATTERN);

    @Override
    public String allowed() {
        return "up to " + MOST_FIELDS + " texts NAME=TEXT, such as ['env=production', 'rack=${RACK}']; the name has "
                + NAME_ALLOWED + "; the text up to " + MOST_BYTES + " bytes";
    }

    @Override
    public Shape shape() {
        return new Shape.Text("[A-Za-z0-9_.@-]{1,64}=[\\s\\S]*");
    }

    @Override
    public List<Field> parse(List<String> texts) throws WrongValueException {
        if (texts.size() > MOST_FIELDS) {
            throw new WrongValueException("That are " + texts.size() + " fields");
        }
        List<Field> fields = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (String text : texts) {
            Field field = field(text);
            if (!names.add(field.name())) {
                throw new WrongValueException("The field '" + field.name() + "' is there twice");
            }
            fields.add(field);
        }
        return List.copyOf(fields);
    }

    private static Field field(String text) throws WrongValueException {
        int equals = text.indexOf('=');
        if (equals < 0) {
            throw new WrongValueException("There is no '=' in " + shown(text));
        }
        Field field = new Field(text.substring(0, equals), text.substring(equals + 1));
        if (!NAME.matcher(field.name()).matches()) {
            throw new WrongValueException("A field cannot be called " + shown(field.name()));
        }
        if (field.text().getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
            throw new WrongValueException("The text of '" + field.name() + "' is too long");
        }
        if (field.text().chars().anyMatch(Character::isISOControl)) {
            throw new WrongValueException("The text of '" + field.name() + "' has a control character");
        }
        return field;
    }

    private static String shown(String text) {
        return new YamlNode.Text(0, 0, text).described();
    }

    @Override
    public String show(List<Field> value) {
        return value.stream()
                .map(field -> "'" + (field.name() + "=" + field.text()).replace("'", "''") + "'")
                .collect(Collectors.joining(", ", "[", "]"));
    }

    @Override
    public boolean takesList() {
        return true;
    }
}
