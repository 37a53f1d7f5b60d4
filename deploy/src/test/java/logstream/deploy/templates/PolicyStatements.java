package logstream.deploy.templates;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What the roles of a stack may do: the statements of all their policies, resolved. */
record PolicyStatements(List<JsonNode> all) {

    static PolicyStatements of(String template, Map<String, String> parameters) {
        ResolvedStack stack = new ResolvedStack(WrittenTemplate.of(template), parameters);
        Stream<JsonNode> ofRoles = stack.ofType("AWS::IAM::Role").values().stream()
                .flatMap(role -> stream(role.at("/Properties/Policies")))
                .flatMap(policy -> stream(policy.at("/PolicyDocument/Statement")));
        Stream<JsonNode> beside = stack.ofType("AWS::IAM::Policy").values().stream()
                .flatMap(policy -> stream(policy.at("/Properties/PolicyDocument/Statement")));
        return new PolicyStatements(Stream.concat(ofRoles, beside).toList());
    }

    JsonNode withSid(String sid) {
        return all.stream()
                .filter(each -> each.path("Sid").asText().equals(sid))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no statement " + sid));
    }

    PolicyStatements onlyWithSid(String sid) {
        return new PolicyStatements(List.of(withSid(sid)));
    }

    /** Every action of a service that is allowed, without the service. */
    Set<String> actionsOf(String service) {
        return texts(service, "Action", service + ":");
    }

    /** Every resource on which an action of the service is allowed. */
    Set<String> resourcesOf(String service) {
        return texts(service, "Resource", "");
    }

    private Set<String> texts(String service, String field, String prefix) {
        Set<String> texts = new TreeSet<>();
        all.stream()
                .filter(each -> each.path("Action").toString().contains("\"" + service + ":"))
                .flatMap(each -> stream(each.path(field)))
                .forEach(each -> texts.add(each.asText().substring(prefix.length())));
        return texts;
    }

    private static Stream<JsonNode> stream(JsonNode oneOrMore) {
        List<JsonNode> nodes = new ArrayList<>();
        if (oneOrMore.isArray()) {
            oneOrMore.forEach(nodes::add);
        } else {
            nodes.add(oneOrMore);
        }
        return nodes.stream();
    }
}
