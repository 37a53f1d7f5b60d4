package logstream.deploy;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import logstream.deploy.aws.Access;
import logstream.deploy.stacks.CallFailure;
import logstream.deploy.stacks.StackState;
import logstream.deploy.stacks.Stacks;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows a stack: its stream, how much of it is used, its alarms, and whether somebody changed it by hand. */
@Command(
        name = "status",
        description = "Show a stack: its stream's shards, how much of them is used, its alarms, and drift.",
        footerHeading = "%nExamples:%n",
        footer = {
            "    logstream-deploy status logs",
            "  Whether anything was changed by hand, which takes AWS a minute to find out:",
            "    logstream-deploy status logs --drift",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:All is well",
            "1:AWS refused, or does not answer, perhaps to a part of it only",
            "2:Wrong options",
            "4:There is no such stack",
            "5:The last operation on the stack failed",
            "7:An alarm rings, or the stack differs from what it should be",
            "130:Ended by Ctrl-C"
        })
final class StatusCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "Name of the stack.", converter = StackName.class)
    private String name = "";

    @Option(names = "--drift", description = "Have AWS compare all resources with the template now.")
    private boolean drift;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Mixin
    private AccessOptions accessOptions = new AccessOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final World world;

    StatusCommand(World world) {
        this.world = world;
    }

    @Override
    public Integer call() throws Failure, CallFailure {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try (Access access = accessOptions.open(world, err)) {
            Stacks stacks = access.stacks();
            StackState stack = Missing.orFail(stacks, name);
            StackStatus status = new StackStatus.Reading(access, stacks, world.clock()).read(stack, drift);
            if (json) {
                JsonOutput.line(out, StatusText.members(status));
            } else {
                StatusText.print(status, out);
            }
            return status.exitCode();
        }
    }
}
