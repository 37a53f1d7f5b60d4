package logstream.deploy;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import logstream.deploy.stacks.CallFailure;
import logstream.deploy.stacks.ChangeSet;
import logstream.deploy.stacks.StackRequest;
import logstream.deploy.stacks.StackState;
import logstream.deploy.stacks.Stacks;
import logstream.deploy.templates.StackTemplate;
import org.jspecify.annotations.Nullable;

/**
 * One update: planned by CloudFormation, shown, agreed to, done. A shard count that is too far away is reached by several
 * change sets; each of them is looked at before it is executed, as the first was by the user.
 */
final class Update {
    private static final Set<String> SPARED = Set.of(StackTemplate.STREAM_TYPE);

    private final Stacks stacks;
    private final StackState stack;
    private final StackTemplate template;
    private final Map<String, String> values;
    private final Set<String> unchanged;
    private final PrintWriter out;
    private final boolean json;

    Update(
            Stacks stacks,
            StackState stack,
            StackTemplate template,
            Map<String, String> values,
            Set<String> unchanged,
            PrintWriter out,
            boolean json) {
        this.stacks = stacks;
        this.stack = stack;
        this.template = template;
        this.values = values;
        this.unchanged = unchanged;
        this.out = out;
        this.json = json;
    }

    /** What the user agreed to beforehand, and how to ask for the rest. */
    record Consent(
            boolean yes, boolean replaceStream, @Nullable String confirm, Answers answers) {}

    /**
     * Returns the exit code.
     *
     * @param steps shard counts on the way, the last of them the wanted one; may be empty
     * @param again the command that does what is left of the steps
     */
    int run(List<Integer> steps, Consent consent, Following following, String again) throws Failure, CallFailure {
        Optional<ChangeSet> planned = stacks.plan(request(values));
        if (planned.isEmpty()) {
            say("Nothing to change: " + stack.name() + " is as told already.");
            return ExitCode.OK;
        }
        show(planned.get(), steps);
        try {
            agree(planned.get(), consent);
        } catch (Failure refused) {
            stacks.discard(planned.get());
            throw refused;
        }
        if (steps.size() <= 1) {
            return execute(planned.get(), following, "");
        }
        stacks.discard(planned.get());
        return inSteps(steps, consent.replaceStream(), following, again);
    }

    private int inSteps(List<Integer> steps, boolean replaceStream, Following following, String again)
            throws Failure, CallFailure {
        for (int at = 0; at < steps.size(); at++) {
            int shards = steps.get(at);
            Map<String, String> some = new LinkedHashMap<>(values);
            some.put(ParameterOptions.SHARD_COUNT, Integer.toString(shards));
            Optional<ChangeSet> step = stacks.plan(request(some));
            if (step.isEmpty()) {
                continue;
            }
            if (!replaceStream && !step.get().losses(SPARED).isEmpty()) {
                stacks.discard(step.get());
                throw loss(step.get());
            }
            say("Step " + (at + 1) + " of " + steps.size() + ": " + shards + " shards.");
            boolean last = at == steps.size() - 1;
            String rest = last ? "" : "The steps after " + shards + " shards are not begun; '" + again + "' does them.";
            int exitCode = begun(step.get(), following, rest);
            if (exitCode != ExitCode.OK) {
                return exitCode;
            }
        }
        return ExitCode.OK;
    }

    private int begun(ChangeSet step, Following following, String rest) throws Failure, CallFailure {
        try {
            return execute(step, following, rest);
        } catch (CallFailure failure) {
            throw rest.isEmpty()
                    ? failure
                    : new CallFailure(failure.kind(), failure.getMessage() + "\n  " + rest, failure);
        }
    }

    private int execute(ChangeSet planned, Following following, String rest) throws Failure, CallFailure {
        Optional<String> mark = following.mark(stack.id());
        stacks.execute(planned);
        return following.follow(stack.name(), stack.id(), mark, rest);
    }

    private void agree(ChangeSet planned, Consent consent) throws Failure {
        if (!planned.losses(SPARED).isEmpty()) {
            if (!consent.replaceStream()) {
                throw loss(planned);
            }
            SparedStream.confirm(
                    stack.name(), consent.confirm(), !consent.yes(), consent.answers(), "to give up its stream");
            return;
        }
        if (!consent.yes() && !consent.answers().ask("Go on? [y/N] ").orElse("").matches("[yY](es)?")) {
            throw new Failure(ExitCode.NOT_DONE, "nothing was done");
        }
    }

    private Failure loss(ChangeSet planned) {
        String lost =
                planned.losses(SPARED).stream().map(ChangeSet.Change::logicalId).collect(Collectors.joining(", "));
        return new Failure(
                ExitCode.NOT_DONE,
                "the update replaces or removes " + lost + " (" + StackTemplate.STREAM_TYPE
                        + "), or may: agents and consumers would lose their stream.\n  If that is meant: --replace-stream"
                        + " and --confirm " + stack.name() + ". Nothing was done.");
    }

    private void show(ChangeSet planned, List<Integer> steps) {
        if (json) {
            Map<String, Object> members = new LinkedHashMap<>();
            members.put("stack", stack.name());
            members.put("changes", ChangeText.members(planned));
            members.put("steps", steps);
            JsonOutput.line(out, Map.of("plan", members));
            return;
        }
        ChangeText.print(stack, template, values, planned, out);
        if (steps.size() > 1) {
            String list = steps.stream().map(String::valueOf).collect(Collectors.joining(", "));
            say("Kinesis at most doubles or halves the shards at once: in " + steps.size() + " updates, to " + list
                    + ".");
        }
    }

    private StackRequest request(Map<String, String> given) {
        return new StackRequest(stack.name(), template, given, unchanged, stack.tags());
    }

    private void say(String sentence) {
        if (!json) {
            out.println(sentence);
            out.flush();
        }
    }
}
