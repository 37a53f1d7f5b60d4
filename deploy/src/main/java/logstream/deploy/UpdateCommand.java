package logstream.deploy;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import logstream.deploy.aws.Access;
import logstream.deploy.stacks.CallFailure;
import logstream.deploy.stacks.StackPhase;
import logstream.deploy.stacks.StackState;
import logstream.deploy.stacks.Stacks;
import logstream.deploy.templates.StackParameter;
import logstream.deploy.templates.StackTemplate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Brings a stack to this program's template and to new values, after showing what that changes. */
@Command(
        name = "update",
        description =
                "Update a stack: show what would change, ask, and watch it happen. Parameters that are not given keep"
                        + " their values.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  From 2 to 10 shards, which Kinesis takes in the steps 4, 8 and 10:",
            "    logstream-deploy update logs --shard-count 10",
            "  Alarms off, without a question:",
            "    logstream-deploy update logs --param AlertMail= --yes",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Updated, or nothing to change",
            "1:AWS refused, or does not answer; or the stack cannot be updated now",
            "2:Wrong options",
            "3:Nothing was done: you said no, or the stream would be lost",
            "4:There is no such stack",
            "5:The update failed; the first cause is said",
            "6:Not done before --timeout; AWS goes on",
            "130:Ended by Ctrl-C; AWS goes on"
        })
final class UpdateCommand implements Callable<Integer> {
    /** From these CloudFormation updates a stack; from the others it does not. */
    private static final Set<String> READY = Set.of(
            "CREATE_COMPLETE",
            "UPDATE_COMPLETE",
            "UPDATE_ROLLBACK_COMPLETE",
            "IMPORT_COMPLETE",
            "IMPORT_ROLLBACK_COMPLETE");

    @Parameters(paramLabel = "NAME", description = "Name of the stack.", converter = StackName.class)
    private String name = "";

    @Option(
            names = {"-t", "--template"},
            paramLabel = "TEMPLATE",
            converter = KnownTemplate.class,
            description = "The template it was launched from; needed only for stacks that this program did not launch.")
    private @Nullable StackTemplate given;

    @Mixin
    private ParameterOptions parameters = new ParameterOptions();

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    @Option(
            names = "--replace-stream",
            description = "Let the update replace or remove the stream: its readers and writers lose it.")
    private boolean replaceStream;

    @Option(
            names = "--confirm",
            paramLabel = "NAME",
            description = "The stack's name once more, which --replace-stream wants; without it, it is asked for.")
    private @Nullable String confirm;

    @Mixin
    private FollowOptions follow = new FollowOptions();

    @Mixin
    private AccessOptions accessOptions = new AccessOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final World world;

    UpdateCommand(World world) {
        this.world = world;
    }

    @Override
    public Integer call() throws Failure, CallFailure {
        if (follow.json() && !yes) {
            throw new Failure(ExitCode.USAGE, "--json goes with --yes: nobody is asked then");
        }
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        try (Access access = accessOptions.open(world, err)) {
            Stacks stacks = access.stacks();
            Following following = new Following(world, stacks, follow, accessOptions, out, err);
            StackState stack = Missing.orFail(stacks, name);
            requireReady(stack, following);
            StackTemplate template = template(stack);
            Map<String, String> values = parameters.values(template);
            Set<String> unchanged = unchanged(stack, template, values);
            List<Integer> steps = new ShardPlan(access, stacks).steps(stack, values);
            Update update = new Update(stacks, stack, template, values, unchanged, out, follow.json());
            Update.Consent consent = new Update.Consent(yes, replaceStream, confirm, world.answers());
            String again = "logstream-deploy update " + name + " --shard-count "
                    + values.getOrDefault(ParameterOptions.SHARD_COUNT, "") + accessOptions.asTyped();
            int exitCode = update.run(steps, consent, following, again);
            if (exitCode == ExitCode.OK && !follow.json()) {
                ParameterOptions.reminder(values).ifPresent(out::println);
                out.flush();
            }
            return exitCode;
        }
    }

    private void requireReady(StackState stack, Following following) throws Failure {
        if (stack.phase() == StackPhase.RUNNING) {
            throw Busy.failure(stack, accessOptions);
        }
        if (!READY.contains(stack.status())) {
            throw new Failure(ExitCode.FAILED, name + " cannot be updated.\n  " + following.left(name, stack.status()));
        }
    }

    private StackTemplate template(StackState stack) throws Failure {
        String launched = stack.template().orElse("");
        if (given == null) {
            return StackTemplate.named(launched)
                    .orElseThrow(() -> new Failure(
                            ExitCode.USAGE,
                            "this program did not launch " + name + ": say from which template, with -t"));
        }
        if (!launched.isEmpty() && !launched.equals(given.name())) {
            throw new Failure(
                    ExitCode.USAGE,
                    name + " was launched from the template " + launched + "; another would replace all that is in it");
        }
        return given;
    }

    private Set<String> unchanged(StackState stack, StackTemplate template, Map<String, String> values) throws Failure {
        Set<String> unchanged = new TreeSet<>();
        for (StackParameter one : template.parameters()) {
            if (!values.containsKey(one.name()) && stack.parameters().containsKey(one.name())) {
                unchanged.add(one.name());
            }
        }
        String missing = template.parameters().stream()
                .filter(one -> one.defaultValue().isEmpty()
                        && !values.containsKey(one.name())
                        && !unchanged.contains(one.name()))
                .map(one -> "\n  --param " + one.name() + "=...  " + one.description())
                .collect(Collectors.joining());
        if (!missing.isEmpty()) {
            throw new Failure(ExitCode.USAGE, "the template " + template.name() + " now needs more:" + missing);
        }
        return unchanged;
    }
}
