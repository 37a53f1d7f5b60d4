package logstream.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import logstream.buffer.FolderCheck;
import logstream.buffer.FolderCheck.Damage;
import logstream.buffer.FolderCheck.Result;
import logstream.buffer.FolderView;
import logstream.buffer.LockTable;
import logstream.control.ControlClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Reads every frame of a buffer and tells what is damaged. */
@Command(
        name = "verify",
        description = "Read every frame of a buffer and tell what is damaged, and where. The buffer may be in use;"
                + " nothing is changed.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  Whether all that waits on this host can be read:",
            "    logstream buffer verify --config /etc/logstream/logstream.yml",
            "",
            "Damage costs the frames that it hits: the agent sets them aside, counts them as dropped, and ships",
            "what is around them. While an agent runs, the unfinished end of its last chunk is no damage.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:No damage", "1:Damage", "2:Wrong options, no buffer there, or not readable"})
final class BufferVerifyCommand implements Callable<Integer> {
    @Mixin
    private FolderChoice choice = new FolderChoice();

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Failure {
        FolderView view = choice.view();
        Path folder = view.folder();
        boolean live = LockTable.holder(folder).isPresent() || ControlClient.answers(folder);
        PrintWriter out = spec.commandLine().getOut();
        try {
            Result result = json ? printJson(view, live, out) : print(view, live, out);
            return result.damages() == 0 ? ExitCode.OK : ExitCode.FAILED;
        } catch (IOException unreadable) {
            throw FolderChoice.unreadable(unreadable);
        }
    }

    private static Result print(FolderView view, boolean live, PrintWriter out) throws IOException {
        ProgressLine progress = new ProgressLine(out, TerminalText.onTerminal(), System::nanoTime);
        long whole =
                view.chunks().stream().mapToLong(FolderView.ChunkView::bytes).sum();
        Consumer<Damage> onDamage = damage -> {
            progress.clear();
            out.println(sentence(damage));
        };
        Result result = new FolderCheck(
                        view,
                        live,
                        onDamage,
                        read -> progress.show(() -> ProgressLine.bar(read, whole) + " of " + Amounts.size(whole)))
                .run();
        progress.clear();
        out.println(Amounts.of(result.chunks(), "chunk") + ", " + Amounts.of(result.frames(), "good frame") + ", "
                + Amounts.size(result.bytes()) + ": "
                + (result.damages() == 0
                        ? "no damage"
                        : Amounts.of(result.damages(), "damaged place") + ", "
                                + Amounts.of(result.lostFrames(), "frame") + " known to be lost"));
        out.flush();
        return result;
    }

    private static String sentence(Damage damage) {
        return damage.file().getFileName() + " at " + damage.from() + " to " + damage.to() + ": " + damage.what();
    }

    private static Result printJson(FolderView view, boolean live, PrintWriter to) throws IOException {
        try (JsonGenerator out = JsonOutput.to(to)) {
            out.writeStartObject();
            out.writeStringField("folder", view.folder().toString());
            out.writeBooleanField("in_use", live);
            out.writeArrayFieldStart("damage");
            Result result = new FolderCheck(view, live, damage -> write(out, damage), read -> {}).run();
            out.writeEndArray();
            out.writeNumberField("chunks", result.chunks());
            out.writeNumberField("good_frames", result.frames());
            out.writeNumberField("bytes", result.bytes());
            out.writeNumberField("lost_frames", result.lostFrames());
            out.writeEndObject();
            out.writeRaw('\n');
            return result;
        } finally {
            to.flush();
        }
    }

    private static void write(JsonGenerator out, Damage damage) {
        try {
            out.writeStartObject();
            out.writeStringField("file", damage.file().getFileName().toString());
            out.writeNumberField("from", damage.from());
            out.writeNumberField("to", damage.to());
            out.writeStringField("what", damage.what());
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
