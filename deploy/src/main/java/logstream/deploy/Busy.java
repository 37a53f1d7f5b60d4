package logstream.deploy;

import logstream.deploy.stacks.StackState;

/** Why a stack cannot be changed now. */
final class Busy {
    private Busy() {}

    static Failure failure(StackState stack, AccessOptions access) {
        return new Failure(
                ExitCode.FAILED,
                stack.name() + " is " + stack.status() + ": wait until that is over ('logstream-deploy watch "
                        + stack.name() + access.asTyped() + "'); nothing was done");
    }
}
