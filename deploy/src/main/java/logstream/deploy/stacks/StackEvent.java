package logstream.deploy.stacks;

import java.time.Instant;
import java.util.Set;

/**
 * One thing that happened in a stack.
 *
 * @param id unique in the stack
 * @param status as CloudFormation names it
 * @param reason why, or empty text
 * @param ofStack whether it is about the stack itself
 */
public record StackEvent(
        String id, Instant time, String logicalId, String type, String status, String reason, boolean ofStack) {
    private static final Set<String> STARTS = Set.of(
            "CREATE_IN_PROGRESS",
            "UPDATE_IN_PROGRESS",
            "DELETE_IN_PROGRESS",
            "IMPORT_IN_PROGRESS",
            "REVIEW_IN_PROGRESS");

    /** Whether an operation on the stack begins with it. A rollback is the end of one, no beginning. */
    public boolean startsOperation() {
        return ofStack && STARTS.contains(status);
    }

    /** Whether the operation is over. */
    public boolean endsOperation() {
        return ofStack && StackPhase.of(status) != StackPhase.RUNNING;
    }

    public boolean failed() {
        return status.endsWith("_FAILED");
    }
}
