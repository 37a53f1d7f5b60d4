package logstream.deploy.stacks;

/** What a stack's status means for those who wait for it. */
public enum StackPhase {
    /** Something goes on. */
    RUNNING,
    /** The last operation went well. */
    DONE,
    /** The stack is deleted. */
    GONE,
    /** The last operation failed; the stack is as before it, or stuck. */
    FAILED;

    /** Of a status as CloudFormation names it, such as {@code UPDATE_ROLLBACK_IN_PROGRESS}. */
    public static StackPhase of(String status) {
        // A change set of type CREATE that nobody executed: nothing goes on, and there is nothing.
        if (status.equals("REVIEW_IN_PROGRESS")) {
            return FAILED;
        }
        if (status.endsWith("_IN_PROGRESS")) {
            return RUNNING;
        }
        if (status.equals("DELETE_COMPLETE")) {
            return GONE;
        }
        boolean rolledBack = status.contains("ROLLBACK");
        return status.endsWith("_COMPLETE") && !rolledBack ? DONE : FAILED;
    }
}
