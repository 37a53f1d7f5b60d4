package logstream.deploy.aws;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import logstream.deploy.stacks.CallFailure;
import logstream.deploy.stacks.CallFailure.Kind;
import logstream.deploy.stacks.ChangeSet;
import logstream.deploy.stacks.StackEvent;
import logstream.deploy.stacks.StackRequest;
import logstream.deploy.stacks.StackResource;
import logstream.deploy.stacks.StackState;
import logstream.deploy.stacks.Stacks;
import logstream.deploy.templates.StackTemplate;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.cloudformation.model.Capability;
import software.amazon.awssdk.services.cloudformation.model.ChangeSetStatus;
import software.amazon.awssdk.services.cloudformation.model.ChangeSetType;
import software.amazon.awssdk.services.cloudformation.model.DescribeChangeSetResponse;
import software.amazon.awssdk.services.cloudformation.model.DescribeStackEventsResponse;
import software.amazon.awssdk.services.cloudformation.model.DescribeStacksResponse;
import software.amazon.awssdk.services.cloudformation.model.Parameter;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.cloudformation.model.StackDriftDetectionStatus;
import software.amazon.awssdk.services.cloudformation.model.StackResourceDriftStatus;
import software.amazon.awssdk.services.cloudformation.model.Tag;

/** The stacks as CloudFormation has them. */
final class CloudFormationStacks implements Stacks {
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);
    /** CloudFormation works a change set out in seconds, drift in a minute or two; each bound is far beyond. */
    private static final int LOOKS = 600;

    private final CloudFormationClient client;
    private final Calls calls;

    CloudFormationStacks(CloudFormationClient client, Calls calls) {
        this.client = client;
        this.calls = calls;
    }

    @Override
    public Optional<StackState> find(String nameOrId) throws CallFailure {
        try {
            DescribeStacksResponse found = calls.call(
                    "look at the stack " + nameOrId, () -> client.describeStacks(ask -> ask.stackName(nameOrId)));
            return found.stacks().stream().map(CloudFormationStacks::state).findFirst();
        } catch (CallFailure failure) {
            if (failure.kind() == Kind.NO_STACK) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    @Override
    public List<StackState> all() throws CallFailure {
        return calls.call(
                "list the stacks",
                () -> client.describeStacksPaginator().stacks().stream()
                        .map(CloudFormationStacks::state)
                        .toList());
    }

    @Override
    public String launch(StackRequest request) throws CallFailure {
        String token = token();
        // Without retainExceptOnCreate a failed launch would leave a stream behind that nobody knows of.
        return calls.call(
                        "launch the stack " + request.stack(),
                        () -> client.createStack(ask -> ask.stackName(request.stack())
                                .templateBody(request.template().body())
                                .parameters(parameters(request))
                                .capabilities(capabilities(request.template()))
                                .tags(tags(request))
                                .retainExceptOnCreate(true)
                                .clientRequestToken(token)))
                .stackId();
    }

    @Override
    public List<StackEvent> events(String id, Optional<String> after) throws CallFailure {
        List<StackEvent> newestFirst = new ArrayList<>();
        Optional<String> next = Optional.empty();
        do {
            Optional<String> page = next;
            DescribeStackEventsResponse answer = calls.call(
                    "read the events of the stack " + id,
                    () -> client.describeStackEvents(ask -> ask.stackName(id).nextToken(page.orElse(null))));
            for (var event : answer.stackEvents()) {
                if (after.isPresent() && after.get().equals(event.eventId())) {
                    return newestFirst.reversed();
                }
                StackEvent read = CloudFormationAnswers.event(event);
                newestFirst.add(read);
                if (after.isEmpty() && read.startsOperation()) {
                    return newestFirst.reversed();
                }
            }
            next = Optional.ofNullable(answer.nextToken());
        } while (next.isPresent());
        return newestFirst.reversed();
    }

    @Override
    public Optional<ChangeSet> plan(StackRequest request) throws CallFailure {
        String token = token();
        String id = calls.call(
                        "work out the changes of the stack " + request.stack(),
                        () -> client.createChangeSet(ask -> ask.stackName(request.stack())
                                .changeSetName(token)
                                .changeSetType(ChangeSetType.UPDATE)
                                .templateBody(request.template().body())
                                .parameters(parameters(request))
                                .capabilities(capabilities(request.template()))
                                .tags(tags(request))
                                .clientToken(token)))
                .id();
        for (int look = 0; look < LOOKS; look++) {
            DescribeChangeSetResponse answer = describe(request.stack(), id, Optional.empty());
            if (answer.status() == ChangeSetStatus.CREATE_COMPLETE) {
                return Optional.of(new ChangeSet(id, changes(request.stack(), id, answer)));
            }
            if (answer.status() == ChangeSetStatus.FAILED) {
                discard(new ChangeSet(id, List.of()));
                String reason = String.valueOf(answer.statusReason());
                if (reason.contains("didn't contain changes") || reason.contains("No updates are to be performed")) {
                    return Optional.empty();
                }
                throw new CallFailure(
                        Kind.REFUSED, "could not work out the changes of the stack " + request.stack() + ": " + reason);
            }
            calls.pause(BETWEEN_LOOKS, "CloudFormation worked out the changes");
        }
        throw new CallFailure(
                Kind.BUSY, "CloudFormation did not work out the changes of " + request.stack() + " in time");
    }

    private List<ChangeSet.Change> changes(String stack, String id, DescribeChangeSetResponse first)
            throws CallFailure {
        List<ChangeSet.Change> changes = new ArrayList<>(CloudFormationAnswers.changes(first));
        Optional<String> next = Optional.ofNullable(first.nextToken());
        while (next.isPresent()) {
            DescribeChangeSetResponse answer = describe(stack, id, next);
            changes.addAll(CloudFormationAnswers.changes(answer));
            next = Optional.ofNullable(answer.nextToken());
        }
        return List.copyOf(changes);
    }

    private DescribeChangeSetResponse describe(String stack, String id, Optional<String> page) throws CallFailure {
        return calls.call(
                "read the changes of the stack " + stack,
                () -> client.describeChangeSet(ask -> ask.stackName(stack)
                        .changeSetName(id)
                        .includePropertyValues(true)
                        .nextToken(page.orElse(null))));
    }

    @Override
    public void execute(ChangeSet planned) throws CallFailure {
        String token = token();
        calls.call(
                "begin the update",
                () -> client.executeChangeSet(ask -> ask.changeSetName(planned.id())
                        .retainExceptOnCreate(true)
                        .clientRequestToken(token)));
    }

    @Override
    public void discard(ChangeSet planned) throws CallFailure {
        calls.call(
                "forget the changes that were worked out",
                () -> client.deleteChangeSet(ask -> ask.changeSetName(planned.id())));
    }

    @Override
    public void delete(String id) throws CallFailure {
        String token = token();
        calls.call(
                "delete the stack " + id,
                () -> client.deleteStack(ask -> ask.stackName(id).clientRequestToken(token)));
    }

    @Override
    public List<StackResource> resources(String id) throws CallFailure {
        return calls.call(
                "list the resources of the stack " + id,
                () -> client.listStackResourcesPaginator(ask -> ask.stackName(id)).stackResourceSummaries().stream()
                        .map(CloudFormationAnswers::resource)
                        .toList());
    }

    @Override
    public String templateText(String id) throws CallFailure {
        return calls.call(
                "read the template of the stack " + id,
                () -> client.getTemplate(ask -> ask.stackName(id)).templateBody());
    }

    @Override
    public List<StackResource> drifted(String id) throws CallFailure {
        String detection = calls.call(
                        "detect drift of the stack " + id, () -> client.detectStackDrift(ask -> ask.stackName(id)))
                .stackDriftDetectionId();
        for (int look = 0; look < LOOKS; look++) {
            var answer = calls.call(
                    "follow the detection of drift",
                    () -> client.describeStackDriftDetectionStatus(ask -> ask.stackDriftDetectionId(detection)));
            if (answer.detectionStatus() == StackDriftDetectionStatus.DETECTION_FAILED) {
                throw new CallFailure(
                        Kind.REFUSED,
                        "could not detect drift of the stack " + id + ": " + answer.detectionStatusReason());
            }
            if (answer.detectionStatus() == StackDriftDetectionStatus.DETECTION_COMPLETE) {
                return calls
                        .call(
                                "list what drifted",
                                () -> client.describeStackResourceDrifts(ask -> ask.stackName(id)
                                        .stackResourceDriftStatusFilters(
                                                StackResourceDriftStatus.MODIFIED, StackResourceDriftStatus.DELETED)))
                        .stackResourceDrifts()
                        .stream()
                        .map(CloudFormationAnswers::drift)
                        .toList();
            }
            calls.pause(BETWEEN_LOOKS, "drift was detected");
        }
        throw new CallFailure(Kind.BUSY, "CloudFormation did not detect the drift of " + id + " in time");
    }

    private static StackState state(Stack stack) {
        Map<String, String> parameters = new LinkedHashMap<>();
        stack.parameters().forEach(one -> parameters.put(one.parameterKey(), one.parameterValue()));
        Map<String, String> outputs = new LinkedHashMap<>();
        stack.outputs().forEach(one -> outputs.put(one.outputKey(), one.outputValue()));
        Map<String, String> tags = new LinkedHashMap<>();
        stack.tags().forEach(one -> tags.put(one.key(), one.value()));
        var drift = Optional.ofNullable(stack.driftInformation());
        return new StackState(
                stack.stackId(),
                stack.stackName(),
                stack.stackStatusAsString(),
                Optional.ofNullable(stack.stackStatusReason()).orElse(""),
                Collections.unmodifiableMap(parameters),
                Collections.unmodifiableMap(outputs),
                Collections.unmodifiableMap(tags),
                Optional.ofNullable(stack.lastUpdatedTime()).orElse(stack.creationTime()),
                drift.map(one -> one.stackDriftStatusAsString()).orElse("NOT_CHECKED"),
                drift.flatMap(one -> Optional.ofNullable(one.lastCheckTimestamp())));
    }

    private static List<Parameter> parameters(StackRequest request) {
        List<Parameter> parameters = new ArrayList<>();
        request.given()
                .forEach((name, value) -> parameters.add(Parameter.builder()
                        .parameterKey(name)
                        .parameterValue(value)
                        .build()));
        request.unchanged()
                .forEach(name -> parameters.add(Parameter.builder()
                        .parameterKey(name)
                        .usePreviousValue(true)
                        .build()));
        return parameters;
    }

    private static List<Capability> capabilities(StackTemplate template) {
        return template.makesRoles() ? List.of(Capability.CAPABILITY_NAMED_IAM) : List.of();
    }

    private static List<Tag> tags(StackRequest request) {
        Map<String, String> tags = new LinkedHashMap<>(request.tags());
        tags.put(StackState.TEMPLATE_TAG, request.template().name());
        return tags.entrySet().stream()
                .map(one ->
                        Tag.builder().key(one.getKey()).value(one.getValue()).build())
                .toList();
    }

    private static String token() {
        return "logstream-deploy-" + UUID.randomUUID();
    }
}
