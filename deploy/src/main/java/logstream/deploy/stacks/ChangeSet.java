package logstream.deploy.stacks;

import java.util.List;
import java.util.Set;

/**
 * What an update would do, worked out by CloudFormation and not yet done.
 *
 * @param id its ARN
 */
public record ChangeSet(String id, List<Change> changes) {
    /** What happens to a resource. */
    public enum Action {
        ADD,
        MODIFY,
        REMOVE,
        /** A macro, or a nested stack, decides only when it happens. */
        UNKNOWN
    }

    /** Whether a change makes a new resource in place of the old. */
    public enum Replacement {
        NO,
        /** It depends on values that are known only when it happens. */
        PERHAPS,
        YES
    }

    /**
     * One resource.
     *
     * @param properties that change; empty when CloudFormation does not say
     */
    public record Change(
            Action action, String logicalId, String type, Replacement replacement, List<Property> properties) {
        /** Whether what is there now is lost to those who use it, or may be. */
        public boolean losesResource() {
            return switch (action) {
                case ADD -> false;
                case REMOVE, UNKNOWN -> true;
                case MODIFY -> replacement != Replacement.NO;
            };
        }
    }

    /** A property, with its values as far as CloudFormation tells them; else empty text. */
    public record Property(String name, String before, String after) {}

    /** The changes by which resources of these types get lost, or may. */
    public List<Change> losses(Set<String> types) {
        return changes.stream()
                .filter(change -> types.contains(change.type()) && change.losesResource())
                .toList();
    }
}
