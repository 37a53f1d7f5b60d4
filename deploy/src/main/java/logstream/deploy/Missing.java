package logstream.deploy;

import logstream.deploy.stacks.CallFailure;
import logstream.deploy.stacks.StackState;
import logstream.deploy.stacks.Stacks;

/** The stack that a command is about, or the sentence that there is none. */
final class Missing {
    private Missing() {}

    static StackState orFail(Stacks stacks, String name) throws Failure, CallFailure {
        return stacks.find(name)
                .orElseThrow(() -> new Failure(
                        ExitCode.NAME,
                        "there is no stack " + name
                                + " here; 'logstream-deploy list' shows those of this account and region"));
    }
}
