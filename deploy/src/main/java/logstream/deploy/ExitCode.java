package logstream.deploy;

/** What the program ends with; each command's help lists those it uses. */
final class ExitCode {
    static final int OK = 0;
    /** AWS refused a call or did not answer; nothing was begun. */
    static final int FAILED = 1;
    /** Wrong options: trying again changes nothing. */
    static final int USAGE = 2;
    /** Nothing was done: the user said no, or the stream would have been lost without that being asked for. */
    static final int NOT_DONE = 3;
    /** There is no such stack, or, for {@code launch}, there is one already. */
    static final int NAME = 4;
    /** The operation failed: the stack is as before it, or stuck. */
    static final int STACK_FAILED = 5;
    /** The operation goes on, only the time to watch it is over. */
    static final int STILL_RUNNING = 6;
    /** {@code status}: an alarm rings, records are throttled, or the stack differs from what it should be. */
    static final int ATTENTION = 7;
    /** Ended by Ctrl-C, as shells count it; AWS goes on with what was begun. */
    static final int INTERRUPTED = 130;

    private ExitCode() {}
}
