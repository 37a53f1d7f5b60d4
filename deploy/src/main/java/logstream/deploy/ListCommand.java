package logstream.deploy;

import java.io.PrintWriter;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import logstream.deploy.aws.Access;
import logstream.deploy.stacks.CallFailure;
import logstream.deploy.stacks.StackState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists the stacks that were launched from our templates. */
@Command(
        name = "list",
        description = "List the stacks of this account and region that were launched from the templates.",
        footerHeading = "%nExamples:%n",
        footer = {"    logstream-deploy list --region eu-west-1", ""},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:Listed, also when there is none", "1:AWS refused, or does not answer", "2:Wrong options"})
final class ListCommand implements Callable<Integer> {
    @Option(names = "--json", description = "Print JSON, one stack in a line.")
    private boolean json;

    @Mixin
    private AccessOptions accessOptions = new AccessOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final World world;

    ListCommand(World world) {
        this.world = world;
    }

    @Override
    public Integer call() throws Failure, CallFailure {
        PrintWriter out = spec.commandLine().getOut();
        try (Access access = accessOptions.open(world, spec.commandLine().getErr())) {
            List<StackState> ours = access.stacks().all().stream()
                    .filter(stack -> stack.template().isPresent())
                    .sorted(Comparator.comparing(StackState::name))
                    .toList();
            if (json) {
                ours.forEach(stack -> JsonOutput.line(out, members(stack)));
            } else if (ours.isEmpty()) {
                out.println("There is no stack of ours in " + access.region() + ".");
            } else {
                table(ours).print(out);
            }
            out.flush();
            return ExitCode.OK;
        }
    }

    private static Table table(List<StackState> stacks) {
        Table table = new Table(List.of("NAME", "TEMPLATE", "STATUS", "CHANGED", "SHARDS"), Set.of("SHARDS"));
        for (StackState stack : stacks) {
            table.add(
                    stack.name(),
                    stack.template().orElse(""),
                    stack.status(),
                    stack.changed().truncatedTo(ChronoUnit.SECONDS).toString(),
                    stack.parameters().getOrDefault(ParameterOptions.SHARD_COUNT, "-"));
        }
        return table;
    }

    private static Map<String, Object> members(StackState stack) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("stack", stack.name());
        members.put("id", stack.id());
        members.put("template", stack.template().orElse(""));
        members.put("status", stack.status());
        members.put("changed", stack.changed().toString());
        members.put("parameters", stack.parameters());
        members.put("outputs", stack.outputs());
        return members;
    }
}
