package logstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import logstream.buffer.Buffer;
import logstream.buffer.BufferConfig;
import logstream.buffer.DeadLetter;
import logstream.buffer.DeadLetterFile;
import logstream.buffer.DeadLetterFiles;
import logstream.buffer.FrameBatch;
import logstream.buffer.FrameKind;
import logstream.metrics.Metrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands about dead letters print, and do where no agent runs. */
class DeadLetterCommandsTest {
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678Z");

    @TempDir
    Path folder;

    private record Outcome(int exitCode, String out, String err) {}

    private Outcome execute(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addFirst("dead-letters");
        all.add(folder.toString());
        int exitCode = Logstream.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all.toArray(String[]::new));
        return new Outcome(exitCode, out.toString(), err.toString());
    }

    /** Two single records, and a chunk of nine. */
    private void make() throws Exception {
        try (Buffer buffer = Buffer.open(BufferConfig.DEFAULT.withDirectory(folder), new Metrics())) {
            buffer.keepDeadLetters(List.of(
                    new DeadLetter(
                            "key-1", "refused", "InvalidArgument:\nno such field", TIME, bytes("{\"log\":\"a\"}")),
                    new DeadLetter("key-2", "too_large", "data is 2000000 bytes", TIME.plusSeconds(5), bytes("b"))));
            for (int mebibytes = 0; mebibytes < 18; mebibytes++) {
                append(buffer, 1 << 20);
            }
            boolean more = true;
            while (more) {
                more = buffer.read() != null;
            }
            assertThat(buffer.setAsideOldestChunk("nothing was accepted in 17 retries"))
                    .isEqualTo(15);
        }
        for (DeadLetterFile file : DeadLetterFiles.list(folder)) {
            boolean chunk = file instanceof DeadLetterFile.WholeChunk;
            Files.setLastModifiedTime(file.path(), FileTime.from(chunk ? TIME.plusSeconds(60) : TIME));
        }
    }

    private static void append(Buffer buffer, int bytes) throws Exception {
        FrameBatch batch = new FrameBatch(1 << 10);
        int at = batch.begin();
        batch.reserve(at, bytes);
        batch.end(FrameKind.RECORD, at + bytes);
        buffer.awaitDurable(buffer.append(batch));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void theListIsAsWritten() throws Exception {
        make();
        Outcome text = execute("ls");
        Golden.check("dead-letters-ls.txt", text.out);
        assertThat(text.exitCode).isZero();
        Golden.check("dead-letters-ls.json", execute("ls", "--json").out.replace(folder.toString(), "/the/buffer"));
    }

    @Test
    void recordsAreShownAsWritten() throws IOException {
        DeadLetter letter = new DeadLetter(
                "key-1", "refused", "InvalidArgument:\nno\u001b such field", TIME, bytes("{\"log\":\"a\"}"));
        DeadLetterFile file = new DeadLetterFile.Letters(Path.of("0000000000000000.letters"), 100, TIME);
        StringBuilder all = new StringBuilder();
        for (boolean json : new boolean[] {false, true}) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            new RecordDump(out, json, false).letter(file, letter);
            all.append(out.toString(StandardCharsets.UTF_8));
        }
        Golden.check("dead-letters-show.txt", all.toString());
    }

    @Test
    void aReplayCanBeCountedFirst() throws Exception {
        make();

        assertThat(execute("replay", "--dry-run").out).startsWith("17 records (15.0 MiB in 2 files) would be replayed");
        assertThat(execute("replay", "--dry-run", "--match", "TOO_").out)
                .isEqualTo("1 record (1 B in 1 file) would be replayed\n");
        assertThat(execute("replay", "--dry-run", "--newer", "1m").out)
                .isEqualTo("0 records (0 B in 0 files) would be replayed\n");
        assertThat(execute("replay", "--dry-run", "--json", "--file", "0000000000000000.letters").out)
                .isEqualTo("{\"records\":2,\"bytes\":12,\"files\":1}\n");
        assertThat(DeadLetterFiles.list(folder)).hasSize(2);
    }

    @Test
    void aPurgeDeletesWhatIsMeant() throws Exception {
        make();

        assertThat(execute("purge", "--yes", "--match", "invalidargument"))
                .isEqualTo(new Outcome(0, "1 record deleted (11 B, 0 whole files)\n", ""));
        assertThat(execute("purge", "--yes", "--newer", "1d").out)
                .isEqualTo("0 records deleted (0 B, 0 whole files)\n");
        assertThat(execute("purge", "--yes", "--all", "--json").out)
                .startsWith("{\"records\":16,")
                .endsWith("\"files\":2,\"left\":0}\n");
        assertThat(execute("ls").out).isEqualTo("no dead letters in " + folder + "\n");
    }

    /** An agent without a control socket. */
    @Test
    void aFolderOfAnAgentThatCannotBeToldIsNotTouched() throws Exception {
        make();
        try (Buffer _ = Buffer.open(BufferConfig.DEFAULT.withDirectory(folder), new Metrics())) {
            Outcome outcome = execute("purge", "--yes", "--all");
            assertThat(outcome.exitCode).isEqualTo(1);
            assertThat(outcome.err)
                    .isEqualTo("logstream: process " + ProcessHandle.current().pid() + " uses " + folder
                            + ", but cannot be told: there is no socket " + folder
                            + "/control.sock. The log of the agent says why; SIGTERM ends it in order.\n");
        }
    }
}
