package logstream.deploy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import logstream.deploy.aws.Access;
import logstream.deploy.stacks.CallFailure;
import logstream.deploy.stacks.StackPhase;
import logstream.deploy.stacks.StackRequest;
import logstream.deploy.stacks.StackState;
import logstream.deploy.stacks.Stacks;
import logstream.deploy.templates.StackParameter;
import logstream.deploy.templates.StackTemplate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Launches a stack and follows it until it stands. */
@Command(
        name = "launch",
        description = "Launch a stack from one of the templates, and watch it until it stands.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  A stream with two shards and alarms that are mailed:",
            "    logstream-deploy launch logs -t kinesis --shard-count 2 --alert-mail ops@example.com",
            "  The permissions of the agents that write to it:",
            "    logstream-deploy launch logs-agents -t agent-role --param Logstream=logs",
            "  Ctrl-C ends the watching, not the launch; 'logstream-deploy watch logs' shows how it goes on.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:The stack stands",
            "1:AWS refused, or does not answer; nothing was begun, or the message says that it goes on",
            "2:Wrong options",
            "4:There is a stack of this name already",
            "5:The launch failed; the first cause is said",
            "6:Not done before --timeout; AWS goes on",
            "130:Ended by Ctrl-C; AWS goes on"
        })
final class LaunchCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "Name of the new stack.", converter = StackName.class)
    private String name = "";

    @Option(
            names = {"-t", "--template"},
            paramLabel = "TEMPLATE",
            required = true,
            converter = KnownTemplate.class,
            description = "One of kinesis, alert, agent-role, consumer-role, agents, ecs-daemon.")
    private StackTemplate template = KnownTemplate.NONE;

    @Mixin
    private ParameterOptions parameters = new ParameterOptions();

    @Mixin
    private FollowOptions follow = new FollowOptions();

    @Mixin
    private AccessOptions accessOptions = new AccessOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final World world;

    LaunchCommand(World world) {
        this.world = world;
    }

    @Override
    public Integer call() throws Failure, CallFailure {
        Map<String, String> values = parameters.values(template);
        requireAll(values);
        var out = spec.commandLine().getOut();
        var err = spec.commandLine().getErr();
        try (Access access = accessOptions.open(world, err)) {
            Stacks stacks = access.stacks();
            Following following = new Following(world, stacks, follow, accessOptions, out, err);
            Optional<StackState> present = stacks.find(name);
            if (present.isPresent()) {
                throw taken(present.get(), following);
            }
            String id = stacks.launch(new StackRequest(name, template, values, Set.of(), Map.of()));
            if (!follow.json()) {
                out.println(
                        "Launching " + name + " from the template " + template.name() + " in " + access.region() + ":");
                out.flush();
            }
            int exitCode = following.follow(name, id, Optional.empty(), "");
            if (exitCode == ExitCode.OK && !follow.json()) {
                ParameterOptions.reminder(values).ifPresent(out::println);
                out.flush();
            }
            return exitCode;
        }
    }

    private void requireAll(Map<String, String> values) throws Failure {
        List<StackParameter> missing = template.parameters().stream()
                .filter(one -> one.defaultValue().isEmpty() && !values.containsKey(one.name()))
                .toList();
        if (!missing.isEmpty()) {
            String list = missing.stream()
                    .map(one -> "\n  --param " + one.name() + "=...  " + one.description())
                    .collect(Collectors.joining());
            throw new Failure(ExitCode.USAGE, "the template " + template.name() + " needs more:" + list);
        }
    }

    private Failure taken(StackState present, Following following) {
        String what = present.phase() == StackPhase.FAILED
                ? following.left(name, present.status())
                : "Give another name, or change it with 'logstream-deploy update " + name + accessOptions.asTyped()
                        + "'.";
        return new Failure(
                ExitCode.NAME, "there is a stack " + name + " already (" + present.status() + ").\n  " + what);
    }
}
