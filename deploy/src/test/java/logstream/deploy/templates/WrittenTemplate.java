package logstream.deploy.templates;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A template as it is written, with every function in its long form: {@code !Ref X} is read as {@code {"Ref": "X"}}, {@code !If [...]} as
 * {@code {"Fn::If": [...]}}.
 */
record WrittenTemplate(String name, String text, JsonNode root) {
    static final Path FOLDER = Path.of("../cloudformation");

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    static WrittenTemplate of(String name) {
        return read(FOLDER.resolve(name + ".yaml"));
    }

    /** Every template there is, by name. */
    static List<WrittenTemplate> all() {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .sorted()
                    .map(WrittenTemplate::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static WrittenTemplate read(Path file) {
        try {
            String text = Files.readString(file);
            return new WrittenTemplate(file.getFileName().toString().replace(".yaml", ""), text, parse(text));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode parse(String yaml) throws IOException {
        try (YAMLParser parser = new YAMLFactory().createParser(yaml)) {
            parser.nextToken();
            return value(parser);
        }
    }

    private static JsonNode value(YAMLParser parser) throws IOException {
        String tag = parser.getTypeId();
        JsonNode plain = untagged(parser);
        return tag == null || tag.startsWith("tag:") ? plain : function(tag, plain);
    }

    private static JsonNode function(String tag, JsonNode argument) {
        return switch (tag) {
            case "Ref" -> NODES.objectNode().set(tag, argument);
            case "GetAtt" -> {
                ArrayNode path = NODES.arrayNode();
                for (String part : argument.asText().split("\\.", 2)) {
                    path.add(part);
                }
                yield NODES.objectNode().set("Fn::GetAtt", path);
            }
            default -> NODES.objectNode().set("Fn::" + tag, argument);
        };
    }

    private static JsonNode untagged(YAMLParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                ObjectNode object = NODES.objectNode();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String key = parser.currentName();
                    if (object.has(key)) {
                        throw new IOException("the key " + key + " stands twice in one place");
                    }
                    parser.nextToken();
                    object.set(key, value(parser));
                }
                yield object;
            }
            case START_ARRAY -> {
                ArrayNode array = NODES.arrayNode();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    array.add(value(parser));
                }
                yield array;
            }
            case VALUE_NUMBER_INT -> NODES.numberNode(parser.getLongValue());
            case VALUE_NUMBER_FLOAT -> NODES.numberNode(parser.getDoubleValue());
            case VALUE_TRUE -> NODES.booleanNode(true);
            case VALUE_FALSE -> NODES.booleanNode(false);
            case VALUE_STRING -> NODES.textNode(parser.getText());
            default -> throw new IOException("a template has no " + parser.currentToken());
        };
    }

    JsonNode parameters() {
        return root.path("Parameters");
    }

    JsonNode resources() {
        return root.path("Resources");
    }

    JsonNode outputs() {
        return root.path("Outputs");
    }

    /** Every object in it, itself included, at any depth. */
    static Stream<JsonNode> objectsIn(JsonNode node) {
        Stream<JsonNode> below = Stream.iterate(0, i -> i < node.size(), i -> i + 1)
                .map(i -> child(node, i))
                .flatMap(WrittenTemplate::objectsIn);
        return node.isObject() ? Stream.concat(Stream.of(node), below) : below;
    }

    private static JsonNode child(JsonNode node, int index) {
        return node.isArray()
                ? node.get(index)
                : node.properties().stream()
                        .skip(index)
                        .findFirst()
                        .orElseThrow()
                        .getValue();
    }

    @Override
    public String toString() {
        return name;
    }
}
