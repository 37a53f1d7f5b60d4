package logstream.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.List;

/**
 * The JSON Schema of a configuration file, made from {@link Settings}: by it editors complete keys and mark mistakes. It
 * allows everything that the agent does; ranges of sizes and of durations, and what contradicts itself, only the agent tells.
 *
 * <p>Threading: stateless.
 */
public final class SettingsSchema {
    /** What editors' YAML support speaks. */
    private static final String DIALECT = "http://json-schema.org/draft-07/schema#";

    private static final String VARIABLE = "#/definitions/variable";
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final ObjectMapper JSON = new ObjectMapper();

    private SettingsSchema() {}

    /** The schema as a file, ending in a line feed. */
    public static String json() {
        ObjectNode root = JSON.createObjectNode();
        root.put("$schema", DIALECT);
        root.put("title", "Configuration of Logstream");
        root.setAll(section("", Settings.ALL));
        root.putObject("definitions")
                .putObject("variable")
                .put("type", "string")
                .put("pattern", "\\$\\{")
                .put("description", "A text with environment variables: ${NAME} or ${NAME:-TEXT}.");
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
        printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
        try {
            return JSON.writer(printer).writeValueAsString(root) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of our own making", e);
        }
    }

    /** Of a section, or of the whole file: the settings right in it, and the sections in it. */
    private static ObjectNode section(String path, List<Setting<?>> settings) {
        ObjectNode schema = JSON.createObjectNode();
        // A section whose keys are all commented out is null.
        schema.putArray("type").add("object").add("null");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = JSON.createArrayNode();
        for (Setting<?> setting : settings) {
            if (setting.section().equals(path)) {
                properties.set(setting.name(), property(setting));
                if (setting.presence() == Setting.Presence.REQUIRED) {
                    required.add(setting.name());
                }
            } else if (path.isEmpty() || setting.section().startsWith(path + ".")) {
                String inside = setting.key().substring(path.isEmpty() ? 0 : path.length() + 1);
                String name = inside.substring(0, inside.indexOf('.'));
                if (!properties.has(name)) {
                    properties.set(name, section(path.isEmpty() ? name : path + "." + name, settings));
                }
                if (setting.presence() == Setting.Presence.REQUIRED) {
                    required.add(name);
                }
            }
        }
        if (!required.isEmpty()) {
            schema.put("type", "object").set("required", required);
        }
        return schema.put("additionalProperties", false);
    }

    private static <T> ObjectNode property(Setting<T> setting) {
        ObjectNode schema = switch (setting.type()) {
            case TextType<T> type -> listOrOne(type.takesList(), text(type.shape()));
            case SectionsType<?> type -> listOrOne(true, item(setting.key(), type));
        };
        String reload = setting.reloadable() ? "A reload takes it over." : "Another value needs a restart.";
        schema.put(
                "description",
                setting.sentence() + "\nAllowed: " + setting.type().allowed() + "\n" + reload);
        if (setting.defaultValue() != null) {
            schema.set("default", defaultValue(setting));
        }
        return schema;
    }

    private static ObjectNode listOrOne(boolean list, ObjectNode one) {
        if (!list) {
            return one;
        }
        ObjectNode schema = JSON.createObjectNode();
        schema.putArray("anyOf").add(one).addObject().put("type", "array").set("items", one.deepCopy());
        return schema;
    }

    private static ObjectNode item(String path, SectionsType<?> type) {
        ObjectNode section = section(path, type.keys());
        ObjectNode schema = JSON.createObjectNode();
        schema.putArray("anyOf").add(property(type.keys().getFirst())).add(section);
        return schema;
    }

    private static ObjectNode text(Shape shape) {
        ObjectNode schema = JSON.createObjectNode();
        ArrayNode either = schema.putArray("anyOf");
        switch (shape) {
            case Shape.Count(long least, long most) ->
                either.addObject().put("type", "integer").put("minimum", least).put("maximum", most);
            case Shape.Flag() -> either.addObject().put("type", "boolean");
            case Shape.Choice(List<String> words) -> {
                ArrayNode allowed = either.addObject().putArray("enum");
                words.forEach(allowed::add);
            }
            case Shape.Text(String pattern) -> {
                ObjectNode text = either.addObject();
                text.putArray("type").add("string").add("number");
                if (shape.equals(Shape.Text.ANY)) {
                    return text;
                }
                text.put("pattern", "^(?:" + pattern + ")$");
            }
        }
        either.addObject().put("$ref", VARIABLE);
        return schema;
    }

    private static JsonNode defaultValue(Setting<?> setting) {
        boolean plain =
                setting.type() instanceof TextType<?> type && !type.takesList() && type.shape() instanceof Shape.Text;
        try {
            return plain ? TextNode.valueOf(setting.defaultText()) : YAML.readTree(setting.defaultText());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the default of " + setting.key() + " is no YAML", e);
        }
    }
}
