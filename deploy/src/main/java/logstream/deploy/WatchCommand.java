package logstream.deploy;

import java.util.Optional;
import java.util.concurrent.Callable;
import logstream.deploy.aws.Access;
import logstream.deploy.stacks.CallFailure;
import logstream.deploy.stacks.StackState;
import logstream.deploy.stacks.Stacks;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Follows what goes on with a stack, or tells how it went. */
@Command(
        name = "watch",
        description =
                "Watch the operation that goes on with a stack, whoever began it, until it ends; or show how the last"
                        + " one went.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  After Ctrl-C, or from another terminal:",
            "    logstream-deploy watch logs",
            "  A stack that is deleted has no name any more, but still its id (launch --json prints it):",
            "    logstream-deploy watch arn:aws:cloudformation:eu-west-1:123456789012:stack/logs/1b2c...",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:The operation went well",
            "1:AWS refused, or does not answer",
            "2:Wrong options",
            "4:There is no such stack",
            "5:The operation failed; the first cause is said",
            "6:Not done before --timeout; AWS goes on",
            "130:Ended by Ctrl-C; AWS goes on"
        })
final class WatchCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "Name or id of the stack.")
    private String name = "";

    @Mixin
    private FollowOptions follow = new FollowOptions();

    @Mixin
    private AccessOptions accessOptions = new AccessOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final World world;

    WatchCommand(World world) {
        this.world = world;
    }

    @Override
    public Integer call() throws Failure, CallFailure {
        var out = spec.commandLine().getOut();
        var err = spec.commandLine().getErr();
        try (Access access = accessOptions.open(world, err)) {
            Stacks stacks = access.stacks();
            StackState stack = Missing.orFail(stacks, name);
            return new Following(world, stacks, follow, accessOptions, out, err)
                    .follow(stack.name(), stack.id(), Optional.empty(), "");
        }
    }
}
