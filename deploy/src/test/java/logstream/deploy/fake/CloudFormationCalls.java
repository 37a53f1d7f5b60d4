package logstream.deploy.fake;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** CloudFormation: the calls that the tool makes, and the answers and errors that AWS has for them. */
final class CloudFormationCalls {
    private static final int EVENTS_IN_A_PAGE = 5;

    final List<FakeStack> stacks = new ArrayList<>();
    final Deque<List<List<Events.Line>>> scripts = new ArrayDeque<>();
    final Deque<List<List<String>>> plans = new ArrayDeque<>();

    private final Map<String, Map<String, String>> changeSets = new LinkedHashMap<>();
    private final Map<String, List<List<String>>> changes = new LinkedHashMap<>();
    private final Map<String, Integer> looks = new LinkedHashMap<>();

    /** An error of the service. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String code;

        Refused(String code, String message) {
            super(message);
            this.code = code;
        }

        String code() {
            return code;
        }
    }

    FakeStack add(FakeStack stack) {
        stacks.add(stack);
        return stack;
    }

    Map<String, ?> call(String action, Map<String, String> form) {
        String name = form.getOrDefault("StackName", "");
        return switch (action) {
            case "CreateStack" -> create(name, form);
            case "DescribeStacks" -> Map.of("Stacks", described(name));
            case "DescribeStackEvents" -> events(stack(name), form.getOrDefault("NextToken", "0"));
            case "ListStackResources" -> Map.of("StackResourceSummaries", resources(stack(name)));
            case "GetTemplate" -> Map.of("TemplateBody", stack(name).template);
            case "CreateChangeSet" -> plan(form);
            case "DescribeChangeSet" -> describePlan(form.getOrDefault("ChangeSetName", ""));
            case "ExecuteChangeSet" -> execute(form.getOrDefault("ChangeSetName", ""));
            case "DeleteChangeSet" -> Map.of();
            case "DeleteStack" -> begin(stack(name));
            case "DetectStackDrift" -> Map.of("StackDriftDetectionId", "d-1");
            case "DescribeStackDriftDetectionStatus" -> Map.of("DetectionStatus", "DETECTION_COMPLETE");
            case "DescribeStackResourceDrifts" -> Map.of("StackResourceDrifts", drifts(stack(DRIFTED)));
            default ->
                throw new Refused("InvalidAction", "The action " + action + " is not valid for this web service.");
        };
    }

    private static final String DRIFTED = "logs";

    private Map<String, ?> create(String name, Map<String, String> form) {
        if (living(name).isPresent()) {
            throw new Refused("AlreadyExistsException", "Stack [" + name + "] already exists");
        }
        FakeStack stack = add(new FakeStack(name, "CREATE_IN_PROGRESS"));
        stack.parameters.putAll(parameters(form, Map.of()));
        stack.launchedFrom(form.getOrDefault("Tags.member.1.Value", ""));
        stack.output("StreamName", name + "-Stream-1A2B");
        begin(stack);
        return Map.of("StackId", stack.id);
    }

    private Map<String, ?> begin(FakeStack stack) {
        List<List<Events.Line>> script = scripts.poll();
        if (script == null) {
            throw new IllegalStateException("no events are prepared for an operation on " + stack.name);
        }
        stack.begin(script);
        return Map.of();
    }

    private Optional<FakeStack> living(String name) {
        return stacks.stream()
                .filter(one -> one.name.equals(name) && !one.status.equals("DELETE_COMPLETE"))
                .findFirst();
    }

    private FakeStack stack(String nameOrId) {
        return living(nameOrId)
                .or(() -> stacks.stream().filter(one -> one.id.equals(nameOrId)).findFirst())
                .orElseThrow(() -> new Refused("ValidationError", "Stack with id " + nameOrId + " does not exist"));
    }

    private List<Map<String, Object>> described(String name) {
        List<FakeStack> asked = name.isEmpty()
                ? stacks.stream()
                        .filter(one -> !one.status.equals("DELETE_COMPLETE"))
                        .toList()
                : List.of(stack(name));
        return asked.stream().map(CloudFormationCalls::described).toList();
    }

    private static Map<String, Object> described(FakeStack stack) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("StackId", stack.id);
        answer.put("StackName", stack.name);
        answer.put("StackStatus", stack.status);
        answer.put("CreationTime", "2026-03-01T12:00:00Z");
        answer.put("Parameters", pairs(stack.parameters, "ParameterKey", "ParameterValue"));
        answer.put("Outputs", pairs(stack.outputs, "OutputKey", "OutputValue"));
        answer.put("Tags", pairs(stack.tags, "Key", "Value"));
        answer.put("DriftInformation", Map.of("StackDriftStatus", stack.drift));
        return answer;
    }

    private static List<Map<String, String>> pairs(Map<String, String> values, String key, String value) {
        return values.entrySet().stream()
                .map(one -> Map.of(key, one.getKey(), value, one.getValue()))
                .toList();
    }

    private static Map<String, Object> events(FakeStack stack, String token) {
        List<Map<String, Object>> all = stack.newestFirst();
        int from = Integer.parseInt(token);
        int to = Math.min(all.size(), from + EVENTS_IN_A_PAGE);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("StackEvents", all.subList(from, to));
        if (to < all.size()) {
            answer.put("NextToken", Integer.toString(to));
        }
        return answer;
    }

    private static List<Map<String, String>> resources(FakeStack stack) {
        return stack.resources.entrySet().stream()
                .map(one -> Map.of(
                        "LogicalResourceId",
                        one.getKey(),
                        "ResourceType",
                        one.getValue().getFirst(),
                        "PhysicalResourceId",
                        one.getValue().getLast(),
                        "ResourceStatus",
                        "CREATE_COMPLETE",
                        "LastUpdatedTimestamp",
                        "2026-03-01T12:00:00Z"))
                .toList();
    }

    private static List<Map<String, String>> drifts(FakeStack stack) {
        return stack.drift.equals("DRIFTED")
                ? List.of(Map.of(
                        "StackId",
                        stack.id,
                        "LogicalResourceId",
                        "WriteBytesAlarm",
                        "PhysicalResourceId",
                        "logs-WriteBytesAlarm",
                        "ResourceType",
                        "AWS::CloudWatch::Alarm",
                        "StackResourceDriftStatus",
                        "MODIFIED",
                        "Timestamp",
                        "2026-03-01T12:00:00Z"))
                : List.of();
    }

    private Map<String, ?> plan(Map<String, String> form) {
        FakeStack stack = stack(form.getOrDefault("StackName", ""));
        String id = "arn:aws:cloudformation:eu-west-1:123456789012:changeSet/" + form.getOrDefault("ChangeSetName", "")
                + "/" + changeSets.size();
        Map<String, String> planned = new LinkedHashMap<>(parameters(form, stack.parameters));
        planned.put("stack", stack.name);
        changeSets.put(id, planned);
        List<List<String>> prepared = plans.poll();
        if (prepared == null) {
            throw new IllegalStateException("no changes are prepared for a change set of " + stack.name);
        }
        changes.put(id, prepared);
        return Map.of("Id", id, "StackId", stack.id);
    }

    /** The first look is always too early. */
    private Map<String, ?> describePlan(String id) {
        int look = looks.merge(id, 1, Integer::sum);
        if (look == 1) {
            return Map.of("ChangeSetId", id, "Status", "CREATE_IN_PROGRESS");
        }
        List<List<String>> planned = changes.getOrDefault(id, List.of());
        if (planned.isEmpty()) {
            return Map.of(
                    "ChangeSetId",
                    id,
                    "Status",
                    "FAILED",
                    "StatusReason",
                    "The submitted information didn't contain changes. Submit different information to create a change set.");
        }
        return Map.of(
                "ChangeSetId",
                id,
                "Status",
                "CREATE_COMPLETE",
                "Changes",
                planned.stream().map(CloudFormationCalls::change).toList());
    }

    private static Map<String, Object> change(List<String> cells) {
        Map<String, Object> change = new LinkedHashMap<>();
        change.put("LogicalResourceId", cells.get(0));
        change.put("ResourceType", cells.get(1));
        change.put("Action", cells.get(2));
        if (!cells.get(3).isEmpty()) {
            change.put("Replacement", cells.get(3));
        }
        if (cells.size() > 4) {
            Map<String, Object> target = new LinkedHashMap<>();
            target.put("Attribute", "Properties");
            target.put("Name", cells.get(4));
            target.put("RequiresRecreation", "Never");
            Map<String, Object> told = new LinkedHashMap<>(target);
            told.put("BeforeValue", cells.get(5));
            told.put("AfterValue", cells.get(6));
            // CloudFormation lists a property for each reason, and tells its values once.
            change.put("Details", List.of(Map.of("Target", target), Map.of("Target", told)));
        }
        return Map.of("Type", "Resource", "ResourceChange", change);
    }

    private Map<String, ?> execute(String id) {
        Map<String, String> planned = Optional.ofNullable(changeSets.get(id))
                .orElseThrow(() -> new Refused("ChangeSetNotFound", "ChangeSet [" + id + "] does not exist"));
        FakeStack stack = stack(planned.getOrDefault("stack", ""));
        planned.forEach((key, value) -> {
            if (!key.equals("stack")) {
                stack.parameters.put(key, value);
            }
        });
        return begin(stack);
    }

    private static Map<String, String> parameters(Map<String, String> form, Map<String, String> before) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (int at = 1; form.containsKey("Parameters.member." + at + ".ParameterKey"); at++) {
            String prefix = "Parameters.member." + at + ".";
            String key = form.getOrDefault(prefix + "ParameterKey", "");
            boolean previous =
                    form.getOrDefault(prefix + "UsePreviousValue", "false").equals("true");
            String value = previous ? before.get(key) : form.get(prefix + "ParameterValue");
            if (value == null) {
                throw new Refused("ValidationError", "Invalid input for parameter key " + key);
            }
            parameters.put(key, value);
        }
        return parameters;
    }
}
