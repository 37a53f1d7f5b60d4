package logstream.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import logstream.deploy.aws.Access;
import logstream.deploy.stacks.CallFailure;
import logstream.deploy.stacks.StackPhase;
import logstream.deploy.stacks.StackResource;
import logstream.deploy.stacks.StackState;
import logstream.deploy.stacks.Stacks;
import logstream.deploy.templates.StackTemplate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Deletes a stack. Its stream, with all that is not read yet, stays, unless that is told twice. */
@Command(
        name = "delete",
        description = "Delete a stack. A stream of it is kept, unless --delete-stream says otherwise.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  The alarms go, the stream and its records stay:",
            "    logstream-deploy delete logs",
            "  All of it, without a question:",
            "    logstream-deploy delete logs --yes --delete-stream --confirm logs",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Deleted",
            "1:AWS refused, or does not answer",
            "2:Wrong options",
            "3:Nothing was done: you said no, or the stream would be lost",
            "4:There is no such stack",
            "5:The deletion failed; the first cause is said",
            "6:Not done before --timeout; AWS goes on",
            "130:Ended by Ctrl-C; AWS goes on"
        })
final class DeleteCommand implements Callable<Integer> {
    @Parameters(paramLabel = "NAME", description = "Name of the stack.", converter = StackName.class)
    private String name = "";

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    @Option(names = "--delete-stream", description = "Delete the stream, too, with all records in it.")
    private boolean deleteStream;

    @Option(
            names = "--confirm",
            paramLabel = "NAME",
            description = "The stack's name once more, which --delete-stream wants; without it, it is asked for.")
    private @Nullable String confirm;

    @Mixin
    private FollowOptions follow = new FollowOptions();

    @Mixin
    private AccessOptions accessOptions = new AccessOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final World world;

    DeleteCommand(World world) {
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
            StackState stack = Missing.orFail(stacks, name);
            if (stack.phase() == StackPhase.RUNNING) {
                throw Busy.failure(stack, accessOptions);
            }
            List<StackResource> resources = stacks.resources(stack.id());
            Optional<StackResource> stream = resources.stream()
                    .filter(one -> one.type().equals(StackTemplate.STREAM_TYPE)
                            && !one.physicalId().isEmpty()
                            && !one.state().equals("DELETE_COMPLETE"))
                    .findFirst();
            requireKept(stacks, stack, stream);
            ask(stack, stream, resources.size(), out);
            Following following = new Following(world, stacks, follow, accessOptions, out, err);
            Optional<String> mark = following.mark(stack.id());
            stacks.delete(stack.id());
            String rest = deleteStream && stream.isPresent()
                    ? "The stream " + stream.get().physicalId()
                            + " is still there: 'aws kinesis delete-stream --stream-name "
                            + stream.get().physicalId() + accessOptions.asTyped() + "' deletes it."
                    : "";
            int exitCode = following.follow(name, stack.id(), mark, rest);
            if (exitCode == ExitCode.OK && stream.isPresent()) {
                finish(access, stream.get().physicalId(), out);
            }
            return exitCode;
        }
    }

    /** Stacks of other makers may delete their stream with them. */
    private void requireKept(Stacks stacks, StackState stack, Optional<StackResource> stream)
            throws Failure, CallFailure {
        if (stream.isEmpty() || deleteStream) {
            return;
        }
        boolean kept;
        try {
            kept = StackTemplate.parse(name, stacks.templateText(stack.id()))
                    .kept()
                    .contains(stream.get().logicalId());
        } catch (JsonProcessingException e) {
            throw new Failure(
                    ExitCode.FAILED,
                    "the template of the stack " + name + " cannot be read: " + e.getOriginalMessage(),
                    e);
        }
        if (!kept) {
            throw new Failure(
                    ExitCode.NOT_DONE,
                    "the stack " + name + " would delete its stream "
                            + stream.get().physicalId()
                            + " (no DeletionPolicy).\n  'logstream-deploy update " + name + " -t kinesis"
                            + accessOptions.asTyped()
                            + "' makes it stay; --delete-stream deletes it. Nothing was done.");
        }
    }

    private void ask(StackState stack, Optional<StackResource> stream, int resources, PrintWriter out) throws Failure {
        if (!follow.json()) {
            out.println(name + " (" + stack.status() + ") has " + resources
                    + (resources == 1 ? " resource." : " resources."));
            stream.ifPresent(one -> out.println(
                    deleteStream
                            ? "The stream " + one.physicalId() + " is deleted, with all records in it."
                            : "The stream " + one.physicalId() + " is kept."));
            out.flush();
        }
        if (deleteStream && stream.isPresent()) {
            SparedStream.confirm(name, confirm, !yes, world.answers(), "to delete its stream");
            return;
        }
        if (!yes && !world.answers().ask("Delete it? [y/N] ").orElse("").matches("[yY](es)?")) {
            throw new Failure(ExitCode.NOT_DONE, "nothing was done");
        }
    }

    private void finish(Access access, String stream, PrintWriter out) throws CallFailure {
        if (deleteStream) {
            if (access.streams().find(stream).isPresent()) {
                access.streams().delete(stream);
            }
            say(out, "The stream " + stream + " is deleted.");
        } else {
            say(
                    out,
                    "The stream " + stream
                            + " is kept, and costs what it did. 'aws kinesis delete-stream --stream-name " + stream
                            + accessOptions.asTyped() + "' deletes it.");
        }
    }

    private void say(PrintWriter out, String sentence) {
        if (!follow.json()) {
            out.println(sentence);
            out.flush();
        }
    }
}
