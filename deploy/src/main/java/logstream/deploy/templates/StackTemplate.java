package logstream.deploy.templates;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A CloudFormation template: its text, and what the tool must know of it.
 *
 * @param body the YAML (or JSON) text, as CloudFormation gets it
 * @param resourceTypes logical id to type, in the order of the template
 * @param kept logical ids of the resources that outlive their stack ({@code DeletionPolicy: Retain...})
 */
public record StackTemplate(
        String name,
        String body,
        String description,
        List<StackParameter> parameters,
        Map<String, String> resourceTypes,
        List<String> kept) {
    /** The templates in the jar, in the order in which they are launched. */
    public static final List<String> NAMES =
            List.of("kinesis", "alert", "agent-role", "consumer-role", "agents", "ecs-daemon");

    /** The type of the one resource that must not get lost. */
    public static final String STREAM_TYPE = "AWS::Kinesis::Stream";

    // Short forms such as !Sub are YAML tags, which a tree of plain values leaves out.
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    /** A template of the jar; empty when there is none of this name. */
    public static Optional<StackTemplate> named(String name) {
        if (!NAMES.contains(name)) {
            return Optional.empty();
        }
        try (InputStream in = StackTemplate.class.getResourceAsStream(name + ".yaml")) {
            if (in == null) {
                throw new IllegalStateException("the template " + name + " is missing in the jar");
            }
            String body = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Optional.of(parse(name, body));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the template " + name + " in the jar is no YAML", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a template, as far as the tool must know it.
     *
     * @throws JsonProcessingException when the text is neither YAML nor JSON
     */
    public static StackTemplate parse(String name, String body) throws JsonProcessingException {
        JsonNode root = YAML.readTree(body);
        List<StackParameter> parameters = new ArrayList<>();
        root.path("Parameters").properties().forEach(one -> parameters.add(parameter(one.getKey(), one.getValue())));
        Map<String, String> types = new LinkedHashMap<>();
        List<String> kept = new ArrayList<>();
        root.path("Resources").properties().forEach(one -> {
            types.put(one.getKey(), one.getValue().path("Type").asText());
            if (one.getValue().path("DeletionPolicy").asText().startsWith("Retain")) {
                kept.add(one.getKey());
            }
        });
        String description = root.path("Description").asText().strip();
        return new StackTemplate(
                name,
                body,
                description,
                List.copyOf(parameters),
                Collections.unmodifiableMap(types),
                List.copyOf(kept));
    }

    public Optional<StackParameter> parameter(String wanted) {
        return parameters.stream().filter(one -> one.name().equals(wanted)).findFirst();
    }

    /** Whether CloudFormation must be told that roles and their rights may be made. */
    public boolean makesRoles() {
        return resourceTypes.values().stream().anyMatch(type -> type.startsWith("AWS::IAM::"));
    }

    private static StackParameter parameter(String name, JsonNode node) {
        List<String> allowed = new ArrayList<>();
        node.path("AllowedValues").forEach(value -> allowed.add(value.asText()));
        return new StackParameter(
                name,
                node.path("Type").asText("String"),
                node.path("Description").asText("").strip(),
                text(node, "Default"),
                List.copyOf(allowed),
                text(node, "AllowedPattern").map(Pattern::compile),
                bounds(node, "MinValue", "MaxValue"),
                bounds(node, "MinLength", "MaxLength"),
                text(node, "ConstraintDescription"),
                node.path("NoEcho").asBoolean(false));
    }

    private static StackParameter.Bounds bounds(JsonNode node, String least, String most) {
        return new StackParameter.Bounds(
                text(node, least).map(BigDecimal::new), text(node, most).map(BigDecimal::new));
    }

    private static Optional<String> text(JsonNode node, String key) {
        JsonNode value = node.path(key);
        return value.isMissingNode() ? Optional.empty() : Optional.of(value.asText());
    }
}
