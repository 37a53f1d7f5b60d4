package logstream.deploy;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import logstream.deploy.stacks.Advice;
import logstream.deploy.stacks.CallFailure;
import logstream.deploy.stacks.StackEvent;
import logstream.deploy.stacks.StackState;
import logstream.deploy.stacks.StackWatch;
import logstream.deploy.stacks.Stacks;

/** Follows an operation on a stack on the user's screen, and says how it ended. */
final class Following {
    private static final int LONGEST_REASON = 1_000;

    private final World world;
    private final Stacks stacks;
    private final FollowOptions options;
    private final AccessOptions access;
    private final PrintWriter out;
    private final PrintWriter err;

    Following(
            World world, Stacks stacks, FollowOptions options, AccessOptions access, PrintWriter out, PrintWriter err) {
        this.world = world;
        this.stacks = stacks;
        this.options = options;
        this.access = access;
        this.out = out;
        this.err = err;
    }

    /** The event after which an operation begins that is about to be started. */
    Optional<String> mark(String id) throws CallFailure {
        return stacks.events(id, Optional.empty()).stream()
                .reduce((_, later) -> later)
                .map(StackEvent::id);
    }

    /**
     * Follows, and returns the exit code; 0 only when the operation went well.
     *
     * @param after see {@link StackWatch#watch}
     * @param rest what is left to do if it ends before all is done, as a sentence; else empty text
     */
    int follow(String name, String id, Optional<String> after, String rest) throws Failure, CallFailure {
        StackWatch watch = new StackWatch(stacks, world.pauses(), world.clock(), options.timeout());
        StackWatch.Outcome outcome;
        try {
            outcome = watch.watch(id, after, new Progress(out, options.json()));
        } catch (CallFailure failure) {
            if (failure.kind() != CallFailure.Kind.LEFT) {
                throw new Failure(ExitCode.FAILED, failure.getMessage() + "\n" + goesOn(name), failure);
            }
            outcome = new StackWatch.Outcome(StackWatch.End.LEFT, "unknown", Optional.empty());
        }
        Map<String, String> outputs = switch (outcome.end()) {
            case DONE -> stacks.find(id).map(StackState::outputs).orElse(Map.of());
            case GONE, FAILED, TIMEOUT, LEFT -> Map.of();
        };
        if (options.json()) {
            JsonOutput.line(out, Map.of("result", members(name, id, outcome, outputs)));
        }
        return switch (outcome.end()) {
            case DONE -> done(name, outcome, rest.isEmpty() ? outputs : Map.of());
            case GONE -> gone(name);
            case FAILED -> failed(name, outcome, rest);
            case TIMEOUT ->
                say(
                        ExitCode.STILL_RUNNING,
                        name + " is still " + outcome.status() + "; the time to watch it is over\n" + goesOn(name)
                                + also(rest));
            case LEFT -> say(ExitCode.INTERRUPTED, "stopped watching " + name + "\n" + goesOn(name) + also(rest));
        };
    }

    private int done(String name, StackWatch.Outcome outcome, Map<String, String> outputs) {
        if (!options.json()) {
            out.println(name + " is " + outcome.status() + ".");
            int width = outputs.keySet().stream().mapToInt(String::length).max().orElse(0);
            outputs.forEach((key, value) -> out.println(
                    "  " + key + " ".repeat(width - key.length()) + "  " + ShownText.line(value, LONGEST_REASON)));
            out.flush();
        }
        return ExitCode.OK;
    }

    private int gone(String name) {
        if (!options.json()) {
            out.println(name + " is deleted.");
            out.flush();
        }
        return ExitCode.OK;
    }

    private int failed(String name, StackWatch.Outcome outcome, String rest) {
        String cause = outcome.cause().map(Progress::sentence).orElse("AWS does not say why");
        String advice = outcome.cause()
                .flatMap(event -> Advice.on(event.reason()))
                .map(what -> "\n  What to do: " + what + ".")
                .orElse("");
        return say(
                ExitCode.STACK_FAILED,
                name + ": " + cause + advice + "\n  " + left(name, outcome.status()) + also(rest));
    }

    private static String also(String rest) {
        return rest.isEmpty() ? "" : "\n  " + rest;
    }

    /** What a failed operation leaves, and how to go on. */
    String left(String name, String status) {
        String delete = "'" + command("delete", name) + "'";
        return switch (status) {
            case "ROLLBACK_COMPLETE" ->
                "The stack is ROLLBACK_COMPLETE: what was made of it is removed again. " + delete
                        + " frees its name; then launch again.";
            case "CREATE_FAILED", "ROLLBACK_FAILED" ->
                "The stack is " + status + ": something of it may be left. " + delete
                        + " removes it; then launch again.";
            case "UPDATE_ROLLBACK_COMPLETE" ->
                "The stack is UPDATE_ROLLBACK_COMPLETE: it is as it was before the update.";
            case "UPDATE_FAILED", "UPDATE_ROLLBACK_FAILED" ->
                "The stack is " + status + ", between old and new. Mend the "
                        + "cause, then 'aws cloudformation continue-update-rollback --stack-name " + name
                        + access.asTyped()
                        + "'.";
            case "DELETE_FAILED" -> "The stack is DELETE_FAILED: mend the cause, then " + delete + " again.";
            case "REVIEW_IN_PROGRESS" ->
                "The stack was only ever planned, and holds nothing. " + delete + " removes its name.";
            default -> "The stack is " + status + ".";
        };
    }

    private String goesOn(String name) {
        return "  AWS goes on with it; '" + command("watch", name) + "' shows how.";
    }

    private String command(String verb, String name) {
        return "logstream-deploy " + verb + " " + name + access.asTyped();
    }

    private int say(int exitCode, String sentence) {
        err.println("logstream-deploy: " + sentence);
        err.flush();
        return exitCode;
    }

    private static Map<String, Object> members(
            String name, String id, StackWatch.Outcome outcome, Map<String, String> outputs) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("stack", name);
        members.put("id", id);
        members.put("end", outcome.end().name().toLowerCase(Locale.ROOT));
        members.put("status", outcome.status());
        outcome.cause().ifPresent(cause -> members.put("cause", Progress.members(cause)));
        members.put("outputs", outputs);
        return members;
    }
}
