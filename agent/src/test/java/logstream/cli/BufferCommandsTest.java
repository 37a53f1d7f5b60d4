package logstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import logstream.buffer.FolderView;
import logstream.buffer.FolderView.ChunkView;
import logstream.buffer.FolderView.OtherFile;
import logstream.buffer.FrameKind;
import logstream.buffer.StoredFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the commands about a buffer print. */
class BufferCommandsTest {
    private static final Instant START = Instant.parse("2026-01-02T03:04:05.678Z");
    private static final long IDENTITY = 0x2ec6b55cc66e273L;

    @TempDir
    Path folder;

    private record Outcome(int exitCode, String out, String err) {}

    private static Outcome execute(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Logstream.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        return new Outcome(exitCode, out.toString(), err.toString());
    }

    /** The golden chunk of four frames, as the only one of the folder. */
    private Path goldenChunk() throws IOException {
        Path chunk = folder.resolve("0000000000000000.chunk");
        try (InputStream in = Objects.requireNonNull(
                BufferCommandsTest.class.getResourceAsStream("/logstream/buffer/version-1.chunk"))) {
            Files.write(chunk, in.readAllBytes());
        }
        return chunk;
    }

    private static ChunkView chunk(long sequence, long first, long end, long bytes, boolean staged) {
        return new ChunkView(
                Path.of("/b/chunk"),
                sequence,
                IDENTITY,
                START.plusSeconds(1000 * sequence),
                START.plusSeconds(1000 * sequence + 900),
                first,
                end,
                4176 + bytes,
                sequence - 1,
                0,
                staged);
    }

    private static OtherFile other(String name, boolean torn, String why, long bytes) {
        return new OtherFile(Path.of("/b").resolve(name), torn, why, bytes, START);
    }

    private static BufferListing listing() {
        FolderView view = new FolderView(
                Path.of("/var/lib/logstream/buffer"),
                OptionalLong.of(IDENTITY),
                List.of(chunk(30, 100_000, 145_000, 16 << 20, false), chunk(31, 145_000, 145_800, 300_000, true)),
                List.of(
                        other("000000000000001c.chunk.torn", true, "its bytes do not check; they were set aside", 12),
                        other("notes\u001b.txt", false, "it is no file of ours", 2000)),
                100_120);
        return new BufferListing(view, OptionalLong.of(4711), START.plus(Duration.ofHours(10)));
    }

    @Test
    void theListOfChunksIsAsWritten() throws Exception {
        StringWriter text = new StringWriter();
        listing().print(new PrintWriter(text));
        Golden.check("buffer-ls.txt", text.toString());

        StringWriter json = new StringWriter();
        listing().json(new PrintWriter(json));
        Golden.check("buffer-ls.json", json.toString());
    }

    @Test
    void recordsAreDumpedAsWritten() throws Exception {
        StoredFrame plain =
                new StoredFrame(IDENTITY, 31, 5, 7, FrameKind.RECORD, bytes("{\"log\":\"größer\u001b[31m\"}"));
        StoredFrame keyed =
                new StoredFrame(IDENTITY, 31, 6, 8, FrameKind.KEYED, bytes("\u0001\u0003\u0000key{\"log\":\"again\"}"));
        StoredFrame piece = new StoredFrame(
                IDENTITY,
                31,
                8,
                10,
                FrameKind.PIECE,
                bytes(
                        "\u0001\u0002\u0003\u0000\u0000\u0000\u0001\u0000\u0000\u0000\u0002\u0000\u0000\u0000ab{,}the end"));
        StoredFrame binary = new StoredFrame(IDENTITY, 31, 7, 9, FrameKind.RECORD, new byte[] {(byte) 0xff, 'x'});
        StringBuilder all = new StringBuilder();
        for (boolean json : new boolean[] {false, true}) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            RecordDump dump = new RecordDump(out, json, true);
            dump.frame(plain, true);
            dump.frame(keyed, false);
            dump.frame(binary, false);
            dump.frame(piece, false);
            all.append(out.toString(StandardCharsets.UTF_8));
        }
        Golden.check("buffer-dump.txt", all.toString());
    }

    @Test
    void inAPipeBytesAreAsTheyAre() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new RecordDump(out, false, false)
                .frame(new StoredFrame(IDENTITY, 31, 7, 9, FrameKind.RECORD, new byte[] {(byte) 0xff, 27}), false);

        assertThat(out.toByteArray()).endsWith(' ', 0xff, 27, '\n');
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aRealFolderIsListedAndVerified() throws Exception {
        Path chunk = goldenChunk();

        Outcome ls = execute("buffer", "ls", folder.toString());
        assertThat(ls.exitCode).isZero();
        assertThat(ls.out).contains("buffer 2ec6b55cc66e273", "not in use", "staged", "1 chunk, 4 frames, 389 B");
        assertThat(execute("buffer", "verify", folder.toString()))
                .isEqualTo(new Outcome(0, "1 chunk, 4 good frames, 389 B: no damage\n", ""));

        byte[] bytes = Files.readAllBytes(chunk);
        bytes[4190] ^= 1;
        Files.write(chunk, bytes);
        assertThat(execute("buffer", "verify", folder.toString())).isEqualTo(new Outcome(1, """
                                0000000000000000.chunk at 4176 to 4203: these bytes do not check
                                1 chunk, 3 good frames, 362 B: 1 damaged place, 1 frame known to be lost
                                """, ""));
        assertThat(execute("buffer", "verify", "--json", folder.toString()))
                .isEqualTo(new Outcome(
                        1,
                        "{\"folder\":\"" + folder
                                + "\",\"in_use\":false,\"damage\":[{\"file\":\"0000000000000000.chunk\","
                                + "\"from\":4176,\"to\":4203,\"what\":\"these bytes do not check\"}],\"chunks\":1,"
                                + "\"good_frames\":3,\"bytes\":362,\"lost_frames\":1}\n",
                        ""));
    }

    @Test
    void aConfigurationNamesTheFolder() throws Exception {
        goldenChunk();
        Path config = Files.writeString(
                folder.resolve("logstream.yml"), "buffer: {directory: " + folder + "}\nkinesis: {stream: s}\n");

        assertThat(execute("buffer", "verify", "-c", config.toString()).exitCode)
                .isZero();
        assertThat(execute("buffer", "verify", "-c", "/missing.yml"))
                .isEqualTo(
                        new Outcome(2, "", "logstream: /missing.yml: 1 problem\n  does not exist; check the path\n"));
    }

    @Test
    void aWrongFolderIsSaidInASentence() throws Exception {
        Path missing = folder.resolve("missing");
        for (List<String> command : List.of(
                List.of("buffer", "ls"),
                List.of("buffer", "verify"),
                List.of("buffer", "dump"),
                List.of("dead-letters", "ls"),
                List.of("dead-letters", "show"),
                List.of("dead-letters", "replay"),
                List.of("dead-letters", "purge", "--all", "--yes"))) {
            assertThat(on(command, folder))
                    .as("%s", command)
                    .isEqualTo(new Outcome(
                            2,
                            "",
                            "logstream: " + folder + " is not the folder of a buffer: there is no chunk in it; name the"
                                    + " one of buffer.directory\n"));
            assertThat(on(command, missing))
                    .as("%s", command)
                    .isEqualTo(new Outcome(
                            2,
                            "",
                            "logstream: there is no folder " + missing + "; name the one of buffer.directory\n"));
        }
        goldenChunk();
        assertThat(execute("buffer", "dump", "--chunk", "7", folder.toString()).err)
                .isEqualTo("logstream: there is no chunk 0000000000000007 in " + folder
                        + "; 'buffer ls' tells which are\n");
    }

    private static Outcome on(List<String> command, Path folder) {
        List<String> arguments = new ArrayList<>(command);
        arguments.add(folder.toString());
        return execute(arguments.toArray(String[]::new));
    }

    @Test
    void withoutAnAgentThereIsNothingToDrain() throws Exception {
        goldenChunk();
        assertThat(execute("drain", folder.toString()))
                .isEqualTo(new Outcome(
                        1,
                        "",
                        "logstream: no agent runs on " + folder + ": there is no socket " + folder
                                + "/control.sock. What is in its buffer is shipped when one runs: start it with"
                                + " 'logstream run --config FILE', or see with 'logstream buffer ls DIR' whether"
                                + " anything is.\n"));
        assertThat(execute("dead-letters", "replay", folder.toString()).err)
                .startsWith("logstream: no agent runs on " + folder)
                .endsWith("start it with 'logstream run --config FILE', and try again.\n");
    }
}
