package logstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import logstream.buffer.Buffer;
import logstream.buffer.BufferConfig;
import logstream.buffer.FolderView;
import logstream.metrics.Metrics;
import logstream.migration.Chunks;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code buffer import} where no agent runs. */
class BufferImportTest {
    @TempDir
    Path folder;

    private Path left;
    private Path buffer;

    private record Outcome(int exitCode, String out, String err) {}

    @BeforeEach
    void folders() throws IOException {
        left = Files.createDirectory(folder.resolve("fluent"));
        buffer = folder.resolve("buffer");
    }

    private Outcome execute(String... options) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> all = new ArrayList<>(List.of("buffer", "import", left.toString(), "--into", buffer.toString()));
        all.addAll(List.of(options));
        int exitCode = Logstream.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all.toArray(String[]::new));
        return new Outcome(exitCode, told(out), told(err));
    }

    private String told(StringWriter text) {
        return text.toString().replace(folder.toString(), "/host");
    }

    private long waiting() throws IOException {
        return FolderView.look(buffer).chunks().stream()
                .mapToLong(chunk -> chunk.endOrdinal() - chunk.firstOrdinal())
                .sum();
    }

    @Test
    void whatItPrintsIsAsWritten() throws Exception {
        StringBuilder all = new StringBuilder();
        tell(all, "nothing there", 0, "--dry-run");
        Chunks.golden(left);
        tell(all, "three files, counted", 0, "--dry-run");
        assertThat(Files.exists(buffer)).isFalse();
        tell(all, "three files", 0);
        tell(all, "again", 0);
        Files.write(
                left.resolve("logstream.q1.buffer"), Chunks.join(new byte[3], Chunks.records("a", 1, 9), new byte[5]));
        Files.write(
                left.resolve("logstream.q2.buffer"),
                Chunks.join(Chunks.record("data", "x"), Chunks.record("partition_key", "k", "\u001b[31m", "x")));
        Files.writeString(left.resolve("app.b12.log"), "just a log\n");
        tell(all, "with problems, counted", 3, "--dry-run", "--json");
        tell(all, "with problems", 3);
        tell(all, "only what is none of ours", 3, "--json");
        Golden.check("buffer-import.txt", all.toString());
        assertThat(waiting()).isEqualTo(9);
    }

    private void tell(StringBuilder all, String what, int exitCode, String... options) {
        Outcome outcome = execute(options);
        assertThat(outcome.err).isEmpty();
        assertThat(outcome.exitCode).as(what).isEqualTo(exitCode);
        all.append("# ").append(what).append('\n').append(outcome.out);
    }

    @Test
    void withoutRoomItSaysWhatToDo() throws Exception {
        Path config = Files.writeString(folder.resolve("logstream.yml"), """
                buffer:
                  directory: %s
                  chunk_size: 1MiB
                  max_chunks: 4
                kinesis:
                  stream: lines
                  region: us-east-1
                """.formatted(buffer));
        for (int file = 1; file < 9; file++) {
            Files.write(left.resolve("logstream.q" + file + ".buffer"), Chunks.records("f" + file, 100, 5_000));
        }
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Logstream.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute("buffer", "import", left.toString(), "--config", config.toString());

        assertThat(exitCode).isEqualTo(1);
        assertThat(out.toString())
                .containsPattern(
                        "^imported, under their keys: \\d+ records \\(.*\\) of \\d files?, called NAME.imported now")
                .endsWith(" files not yet imported\n");
        assertThat(err.toString())
                .startsWith("logstream: the import stopped: the buffer, of which an import leaves a quarter to senders,"
                        + " has no room for logstream.q")
                .contains("Let the agent ship what waits");
    }

    @Test
    void aFolderThatIsNoneIsWrongUsage() {
        left = folder.resolve("missing");
        assertThat(execute())
                .isEqualTo(new Outcome(
                        2,
                        "",
                        "logstream: /host/missing is no folder; name the one in which fluentd kept its buffer\n"));
    }

    /** An agent without a control socket. */
    @Test
    void aBufferOfAnAgentThatCannotBeToldIsNotTouched() throws Exception {
        Chunks.golden(left);
        try (Buffer _ = Buffer.open(BufferConfig.DEFAULT.withDirectory(buffer), new Metrics())) {
            Outcome outcome = execute();
            assertThat(outcome.exitCode).isEqualTo(1);
            assertThat(outcome.err).contains("there is no socket /host/buffer/control.sock");
        }
        assertThat(Files.exists(left.resolve(Chunks.GOLDEN.getFirst()))).isTrue();
    }

    @Test
    void aBufferOfSomebodyElseIsNotTouched() throws Exception {
        Files.createDirectory(buffer);
        try {
            Files.setOwner(
                    buffer,
                    buffer.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("daemon"));
        } catch (IOException notRoot) {
            Assumptions.abort("only root gives folders away: " + notRoot);
        }
        Chunks.golden(left);

        Outcome outcome = execute();

        assertThat(outcome.exitCode).isEqualTo(1);
        assertThat(outcome.err)
                .isEqualTo("logstream: the buffer folder /host/buffer belongs to daemon, and this runs as root: what it"
                        + " writes, the agent could not use. Run it as daemon\n");
        assertThat(buffer).isEmptyDirectory();
    }
}
