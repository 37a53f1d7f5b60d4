package logstream.deploy.templates;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What CloudFormation would make of a template with given parameters, as far as the templates here use its functions. A reference to a
 * resource becomes {@code <Stream>}, an attribute {@code <Stream.Arn>}, an import {@code <import NAME>}. The stack is called {@value #NAME},
 * in {@value #REGION}.
 */
final class ResolvedStack {
    static final String NAME = "logs";
    static final String REGION = "eu-west-1";
    static final String ACCOUNT = "123456789012";

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)}");
    private static final Map<String, String> PSEUDO = Map.of(
            "AWS::StackName", NAME,
            "AWS::Region", REGION,
            "AWS::AccountId", ACCOUNT,
            "AWS::Partition", "aws",
            "AWS::URLSuffix", "amazonaws.com");

    private final WrittenTemplate template;
    private final Map<String, JsonNode> parameters = new HashMap<>();

    /** @throws IllegalArgumentException for a parameter that is unknown, missing, or not as its constraints want it */
    ResolvedStack(WrittenTemplate template, Map<String, String> given) {
        this.template = template;
        given.keySet().forEach(name -> require(template.parameters().has(name), "no parameter " + name));
        template.parameters().properties().forEach(each -> {
            JsonNode declared = each.getValue();
            String value = Optional.ofNullable(given.get(each.getKey()))
                    .or(() -> Optional.ofNullable(declared.get("Default")).map(JsonNode::asText))
                    .orElseThrow(() -> new IllegalArgumentException("parameter " + each.getKey() + " is missing"));
            parameters.put(each.getKey(), checked(each.getKey(), declared, value));
        });
        template.root().path("Rules").properties().forEach(each -> assertRule(each.getValue()));
    }

    /** Whether CloudFormation would refuse these parameters before it makes anything. */
    static Optional<String> refusal(WrittenTemplate template, Map<String, String> given) {
        try {
            ResolvedStack unused = new ResolvedStack(template, given);
            return unused.resources().isEmpty() ? Optional.of("it makes nothing") : Optional.empty();
        } catch (IllegalArgumentException refused) {
            return Optional.of(String.valueOf(refused.getMessage()));
        }
    }

    /** The resources that are made, by name, everything in them resolved. */
    Map<String, JsonNode> resources() {
        return made(template.resources());
    }

    JsonNode resource(String name) {
        return Optional.ofNullable(resources().get(name)).orElseThrow(() -> new AssertionError("no resource " + name));
    }

    JsonNode properties(String resource) {
        return resource(resource).path("Properties");
    }

    /** The resources of a type, by name. */
    Map<String, JsonNode> ofType(String type) {
        Map<String, JsonNode> found = resources();
        found.values().removeIf(each -> !each.path("Type").asText().equals(type));
        return found;
    }

    Map<String, JsonNode> outputs() {
        return made(template.outputs());
    }

    JsonNode output(String name) {
        return Optional.ofNullable(outputs().get(name)).orElseThrow(() -> new AssertionError("no output " + name));
    }

    private Map<String, JsonNode> made(JsonNode section) {
        Map<String, JsonNode> made = new HashMap<>();
        section.properties().forEach(each -> {
            JsonNode condition = each.getValue().get("Condition");
            if (condition == null || holds(condition.asText())) {
                ObjectNode without = each.getValue().deepCopy();
                without.remove("Condition");
                made.put(each.getKey(), resolve(without).orElseThrow());
            }
        });
        return made;
    }

    private JsonNode checked(String name, JsonNode declared, String value) {
        String pattern = declared.path("AllowedPattern").asText("(?s).*");
        require(value.matches(pattern), name + ": '" + value + "' does not match " + pattern);
        if (declared.has("AllowedValues")) {
            List<String> allowed = new ArrayList<>();
            declared.get("AllowedValues").forEach(each -> allowed.add(each.asText()));
            require(allowed.contains(value), name + ": '" + value + "' is none of " + allowed);
        }
        String type = declared.path("Type").asText();
        if (type.equals("Number")) {
            long number = Long.parseLong(value);
            require(number >= declared.path("MinValue").asLong(Long.MIN_VALUE), name + " is too small");
            require(number <= declared.path("MaxValue").asLong(Long.MAX_VALUE), name + " is too large");
        }
        if (type.startsWith("List<")) {
            ArrayNode list = NODES.arrayNode();
            List.of(value.split(",", -1)).forEach(list::add);
            return list;
        }
        return NODES.textNode(value);
    }

    private void assertRule(JsonNode rule) {
        if (rule.has("RuleCondition") && !truth(rule.get("RuleCondition"))) {
            return;
        }
        rule.path("Assertions")
                .forEach(each -> require(
                        truth(each.get("Assert")),
                        each.path("AssertDescription").asText()));
    }

    private static void require(boolean fulfilled, String otherwise) {
        if (!fulfilled) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    private boolean holds(String condition) {
        return truth(Optional.ofNullable(template.root().path("Conditions").get(condition))
                .orElseThrow(() -> new AssertionError("no condition " + condition)));
    }

    private boolean truth(JsonNode expression) {
        Map.Entry<String, JsonNode> function =
                expression.properties().iterator().next();
        JsonNode argument = function.getValue();
        return switch (function.getKey()) {
            case "Condition" -> holds(argument.asText());
            case "Fn::Equals" -> text(argument.get(0)).equals(text(argument.get(1)));
            case "Fn::Not" -> !truth(argument.get(0));
            case "Fn::And" -> all(argument).stream().allMatch(this::truth);
            case "Fn::Or" -> all(argument).stream().anyMatch(this::truth);
            default -> throw new AssertionError("no condition function: " + function.getKey());
        };
    }

    private String text(JsonNode node) {
        return resolve(node).orElseThrow().asText();
    }

    /** Empty for AWS::NoValue. */
    private Optional<JsonNode> resolve(JsonNode node) {
        if (node.isArray()) {
            ArrayNode array = NODES.arrayNode();
            node.forEach(each -> resolve(each).ifPresent(array::add));
            return Optional.of(array);
        }
        if (!node.isObject()) {
            return Optional.of(node);
        }
        if (node.size() == 1) {
            Map.Entry<String, JsonNode> only = node.properties().iterator().next();
            if (only.getKey().equals("Ref") || only.getKey().startsWith("Fn::")) {
                return call(only.getKey(), only.getValue());
            }
        }
        ObjectNode object = NODES.objectNode();
        node.properties()
                .forEach(each -> resolve(each.getValue()).ifPresent(value -> object.set(each.getKey(), value)));
        return Optional.of(object);
    }

    private Optional<JsonNode> call(String function, JsonNode argument) {
        return switch (function) {
            case "Ref" ->
                argument.asText().equals("AWS::NoValue") ? Optional.empty() : Optional.of(reference(argument.asText()));
            case "Fn::GetAtt" -> {
                requireResource(argument.get(0).asText());
                yield literal(
                        "<" + argument.get(0).asText() + "." + argument.get(1).asText() + ">");
            }
            case "Fn::Sub" -> literal(substitute(argument));
            case "Fn::If" -> resolve(argument.get(holds(argument.get(0).asText()) ? 1 : 2));
            case "Fn::Join" -> {
                List<String> parts = new ArrayList<>();
                resolve(argument.get(1)).orElseThrow().forEach(each -> parts.add(each.asText()));
                yield literal(String.join(argument.get(0).asText(), parts));
            }
            case "Fn::Split" ->
                literals(text(argument.get(1))
                        .split(Pattern.quote(argument.get(0).asText()), -1));
            case "Fn::Select" ->
                Optional.of(resolve(argument.get(1))
                        .orElseThrow()
                        .get(argument.get(0).asInt()));
            case "Fn::ImportValue" -> literal("<import " + text(argument) + ">");
            case "Fn::Base64" -> resolve(argument);
            default -> throw new AssertionError("no function " + function);
        };
    }

    private JsonNode reference(String name) {
        if (parameters.containsKey(name)) {
            return parameters.get(name);
        }
        if (PSEUDO.containsKey(name)) {
            return NODES.textNode(PSEUDO.get(name));
        }
        requireResource(name);
        return NODES.textNode("<" + name + ">");
    }

    private void requireResource(String name) {
        JsonNode resource = template.resources().get(name);
        if (resource == null
                || (resource.has("Condition")
                        && !holds(resource.get("Condition").asText()))) {
            throw new AssertionError("a reference to " + name + ", which is not made");
        }
    }

    private String substitute(JsonNode argument) {
        JsonNode own = argument.isArray() ? argument.get(1) : NODES.objectNode();
        Matcher matcher = VARIABLE.matcher(argument.isArray() ? argument.get(0).asText() : argument.asText());
        return matcher.replaceAll(found -> {
            String name = found.group(1);
            if (name.startsWith("!")) {
                return Matcher.quoteReplacement("${" + name.substring(1) + "}");
            }
            return Matcher.quoteReplacement(
                    own.has(name) ? text(own.get(name)) : reference(name).asText());
        });
    }

    private static List<JsonNode> all(JsonNode array) {
        List<JsonNode> all = new ArrayList<>();
        array.forEach(all::add);
        return all;
    }

    private static Optional<JsonNode> literal(String text) {
        return Optional.of(NODES.textNode(text));
    }

    private static Optional<JsonNode> literals(String[] texts) {
        ArrayNode array = NODES.arrayNode();
        for (String each : texts) {
            array.add(each);
        }
        return Optional.of(array);
    }
}
