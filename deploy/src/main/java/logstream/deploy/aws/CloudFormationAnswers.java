package logstream.deploy.aws;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import logstream.deploy.stacks.ChangeSet;
import logstream.deploy.stacks.ChangeSet.Action;
import logstream.deploy.stacks.ChangeSet.Property;
import logstream.deploy.stacks.ChangeSet.Replacement;
import logstream.deploy.stacks.StackEvent;
import logstream.deploy.stacks.StackResource;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.cloudformation.model.Change;
import software.amazon.awssdk.services.cloudformation.model.DescribeChangeSetResponse;
import software.amazon.awssdk.services.cloudformation.model.ResourceChange;
import software.amazon.awssdk.services.cloudformation.model.ResourceTargetDefinition;
import software.amazon.awssdk.services.cloudformation.model.StackResourceDrift;
import software.amazon.awssdk.services.cloudformation.model.StackResourceSummary;

/** CloudFormation's answers in our words. What AWS adds to its enumerations later is taken for the worst. */
final class CloudFormationAnswers {
    private CloudFormationAnswers() {}

    static StackEvent event(software.amazon.awssdk.services.cloudformation.model.StackEvent event) {
        return new StackEvent(
                event.eventId(),
                event.timestamp(),
                event.logicalResourceId(),
                event.resourceType(),
                event.resourceStatusAsString(),
                text(event.resourceStatusReason()),
                Objects.equals(event.physicalResourceId(), event.stackId()));
    }

    static StackResource resource(StackResourceSummary resource) {
        return new StackResource(
                resource.logicalResourceId(),
                text(resource.physicalResourceId()),
                resource.resourceType(),
                resource.resourceStatusAsString());
    }

    static StackResource drift(StackResourceDrift drift) {
        return new StackResource(
                drift.logicalResourceId(),
                text(drift.physicalResourceId()),
                drift.resourceType(),
                drift.stackResourceDriftStatusAsString());
    }

    static List<ChangeSet.Change> changes(DescribeChangeSetResponse answer) {
        return answer.changes().stream()
                .map(Change::resourceChange)
                .filter(Objects::nonNull)
                .map(CloudFormationAnswers::change)
                .toList();
    }

    private static ChangeSet.Change change(ResourceChange change) {
        return new ChangeSet.Change(
                action(change),
                change.logicalResourceId(),
                change.resourceType(),
                replacement(change),
                properties(change));
    }

    private static Action action(ResourceChange change) {
        return switch (text(change.actionAsString())) {
            case "Add", "Import" -> Action.ADD;
            case "Modify", "SyncWithActual" -> Action.MODIFY;
            case "Remove" -> Action.REMOVE;
            default -> Action.UNKNOWN;
        };
    }

    private static Replacement replacement(ResourceChange change) {
        return switch (text(change.replacementAsString())) {
            case "", "False" -> Replacement.NO;
            case "True" -> Replacement.YES;
            default -> Replacement.PERHAPS;
        };
    }

    /** CloudFormation lists a property once for each reason that it changes for. */
    private static List<Property> properties(ResourceChange change) {
        Map<String, Property> byName = new LinkedHashMap<>();
        change.details().forEach(detail -> {
            ResourceTargetDefinition target = detail.target();
            String name = target.name() == null ? text(target.attributeAsString()) : target.name();
            Property property = new Property(name, text(target.beforeValue()), text(target.afterValue()));
            byName.merge(name, property, (one, other) -> one.after().isEmpty() ? other : one);
        });
        return List.copyOf(byName.values());
    }

    private static String text(@Nullable String value) {
        return Optional.ofNullable(value).orElse("");
    }
}
