package logstream.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import logstream.buffer.FolderView.ChunkView;
import logstream.metrics.Metrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is seen of a folder is what a start would see; looking changes nothing, and bears that chunks come and go. */
class FolderViewTest {
    private static final int FRAME_BYTES = FrameBatch.HEADER_BYTES + 5;

    @TempDir
    Path folder;

    /** Chunks of two frames each, the last one staged. */
    private Buffer threeChunks() throws Exception {
        Buffer buffer = TestBuffers.manual(
                TestBuffers.config(folder, 2 * FRAME_BYTES, 8), TestBuffers.sources(ChunkFiles.REAL));
        for (int frame = 0; frame < 5; frame++) {
            buffer.append(TestBuffers.batch("frm-" + frame));
            buffer.wantDurable();
            buffer.step();
        }
        return buffer;
    }

    @Test
    void seesTheChunksOfALiveBufferAndWhatWouldBeReadNext() throws Exception {
        try (Buffer buffer = threeChunks()) {
            Map<Path, Object> before = state();
            FolderView view = FolderView.look(folder);

            assertThat(view.chunks()).extracting(ChunkView::sequence).containsExactly(0L, 1L, 2L);
            assertThat(view.chunks()).extracting(ChunkView::frames).containsExactly(2L, 2L, 1L);
            assertThat(view.chunks()).extracting(ChunkView::staged).containsExactly(false, false, true);
            assertThat(view.chunks())
                    .extracting(ChunkView::bytes)
                    .containsExactly(2L * FRAME_BYTES, 2L * FRAME_BYTES, (long) FRAME_BYTES);
            assertThat(view.chunks()).allSatisfy(chunk -> {
                assertThat(chunk.created()).isEqualTo(TestBuffers.START);
                assertThat(chunk.identity()).isEqualTo(buffer.identity());
            });
            assertThat(view.identity()).hasValue(buffer.identity());
            assertThat(view.others()).isEmpty();
            assertThat(view.pendingFrames()).isEqualTo(5);
            assertThat(view.next()).map(ChunkView::sequence).hasValue(0L);
            assertThat(state()).as("the folder afterwards").isEqualTo(before);
        }
    }

    @Test
    void theCheckpointTellsWhatWasDelivered() throws Exception {
        try (Buffer buffer = threeChunks()) {
            TestBuffers.drain(buffer);
            buffer.release(3);
        }
        FolderView view = FolderView.look(folder);

        assertThat(view.releasedOrdinal()).isEqualTo(3);
        assertThat(view.pendingFrames()).isEqualTo(2);
        assertThat(view.next()).map(ChunkView::sequence).hasValue(1L);
        try (StoredFrames frames = FolderView.frames(view.next().orElseThrow(), view.releasedOrdinal())) {
            StoredFrame next = Objects.requireNonNull(frames.next());
            assertThat(new String(next.payload(), StandardCharsets.UTF_8)).isEqualTo("frm-3");
            assertThat(next.index()).isEqualTo(1);
            assertThat(frames.next()).isNull();
        }
    }

    @Test
    void tellsWhyAFileIsNotRead() throws Exception {
        threeChunks().close();
        byte[] chunk = Files.readAllBytes(folder.resolve("0000000000000001.chunk"));
        Files.write(folder.resolve("0000000000000007.chunk"), chunk);
        chunk[8] = 9;
        chunk[4096 + 8] = 9;
        Files.write(folder.resolve("0000000000000008.chunk"), chunk);
        Files.write(folder.resolve("0000000000000009.chunk"), new byte[100]);
        Files.write(folder.resolve("000000000000000a.chunk"), new byte[0]);
        Files.writeString(folder.resolve("0000000000000001.chunk.torn"), "x");
        Files.writeString(folder.resolve("notes.txt"), "x");
        Files.createDirectory(folder.resolve("dead-letters"));
        Files.writeString(folder.resolve("control.sock"), "");

        assertThat(FolderView.look(folder).others().stream()
                        .map(other ->
                                other.path().getFileName() + (other.torn() ? " torn: " : " foreign: ") + other.why()))
                .containsExactly(
                        "0000000000000001.chunk.torn torn: its bytes do not check; they were set aside",
                        "0000000000000007.chunk foreign: by its header it is chunk 1",
                        "0000000000000008.chunk foreign: its format version is 9",
                        "0000000000000009.chunk torn: it has no readable header",
                        "000000000000000a.chunk torn: it has no byte",
                        "notes.txt foreign: it is no file of ours");
    }

    @Test
    void aChunkThatGoesWhileOneLooksIsLeftOut() throws Exception {
        threeChunks().close();
        ChunkFiles going = new Wrapped(path -> {
            if (path.endsWith("0000000000000000.chunk")) {
                Files.delete(path);
                throw new NoSuchFileException(path.toString());
            }
        });

        FolderView view = FolderView.look(folder, going);

        assertThat(view.chunks()).extracting(ChunkView::sequence).containsExactly(1L, 2L);
        assertThat(view.others()).isEmpty();
    }

    /** An empty chunk is deleted when its successor is there, and no older one may follow. */
    @Test
    void whenTheLastChunkGoesTheLookIsRepeated() throws Exception {
        threeChunks().close();
        int[] opened = {0};
        ChunkFiles going = new Wrapped(path -> {
            // Its header is read, then its frames.
            if (path.endsWith("0000000000000002.chunk") && ++opened[0] == 2) {
                Files.delete(path);
                throw new NoSuchFileException(path.toString());
            }
        });

        assertThat(FolderView.look(folder, going).chunks())
                .extracting(ChunkView::sequence)
                .containsExactly(0L, 1L);
    }

    @Test
    void saysWhatIsWrongWithAFolder() throws Exception {
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> FolderView.look(missing))
                .hasMessage("there is no folder " + missing + "; name the one of buffer.directory");
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThatThrownBy(() -> FolderView.look(file))
                .hasMessage(file + " is a file; name the folder of buffer.directory");
        assertThatThrownBy(() -> FolderView.isBuffer(missing)).hasMessageStartingWith("there is no folder");

        threeChunks().close();
        ChunkFiles locked = new Wrapped(path -> {
            throw new AccessDeniedException(path.toString());
        });
        assertThatThrownBy(() -> FolderView.look(folder, locked))
                .hasMessage("this user may not read " + folder.resolve("0000000000000000.chunk")
                        + "; run the command as the user of the agent, or as root");
    }

    @Test
    void aFolderOfSomethingElseIsNoBuffer() throws Exception {
        Files.writeString(folder.resolve("notes.txt"), "x");

        assertThat(FolderView.look(folder).isNoBuffer()).isTrue();
        assertThat(FolderView.isBuffer(folder)).isFalse();

        Buffer.open(BufferConfig.DEFAULT.withDirectory(folder), new Metrics()).close();
        assertThat(FolderView.look(folder).isNoBuffer()).isFalse();
        assertThat(FolderView.isBuffer(folder)).isTrue();
    }

    @Test
    void theHolderOfTheLockIsKnownWithoutTakingIt() throws Exception {
        try (Buffer _ = threeChunks()) {
            assertThat(LockTable.holder(folder))
                    .hasValue(ProcessHandle.current().pid());
        }
        assertThat(LockTable.holder(folder)).isEmpty();
        assertThat(LockTable.holder(folder.resolve("missing"))).isEmpty();
    }

    @Test
    void onlyAWriteLockOfThisFileCounts() {
        assertThat(LockTable.holder("1: POSIX  ADVISORY  WRITE 4711 08:01:131075 0 EOF", "131075"))
                .hasValue(4711);
        assertThat(LockTable.holder("1: POSIX  ADVISORY  WRITE 4711 08:01:131075 0 EOF", "31075"))
                .isEmpty();
        assertThat(LockTable.holder("1: POSIX  ADVISORY  READ  4711 08:01:131075 0 EOF", "131075"))
                .isEmpty();
        assertThat(LockTable.holder("1: FLOCK  ADVISORY  WRITE 4711 08:01:131075 0 EOF", "131075"))
                .isEmpty();
        assertThat(LockTable.holder("1: -> POSIX  ADVISORY  WRITE 4711 08:01:131075 0 EOF", "131075"))
                .as("one that waits for it")
                .isEmpty();
        assertThat(LockTable.holder("", "131075")).isEmpty();
    }

    /** Everything that looking must not change. */
    private Map<Path, Object> state() throws IOException {
        try (var listing = Files.walk(folder)) {
            Map<Path, Object> state = new TreeMap<>();
            for (Path path : listing.collect(Collectors.toList())) {
                FileTime written = Files.getLastModifiedTime(path);
                state.put(path, written + " " + (Files.isRegularFile(path) ? Files.size(path) : "folder"));
            }
            return state;
        }
    }

    private interface BeforeOpening {
        void opens(Path path) throws IOException;
    }

    /** The real disk, on which something happens when a file is opened. */
    private record Wrapped(BeforeOpening before) implements ChunkFiles {
        @Override
        public ChunkFile create(Path path) throws IOException {
            throw new AssertionError("looking creates " + path);
        }

        @Override
        public ChunkFile open(Path path) throws IOException {
            before.opens(path);
            return REAL.open(path);
        }

        @Override
        public void force(Path path) {
            throw new AssertionError("looking forces " + path);
        }

        @Override
        public void delete(Path path) {
            throw new AssertionError("looking deletes " + path);
        }

        @Override
        public void move(Path from, Path to) {
            throw new AssertionError("looking moves " + from);
        }

        @Override
        public void syncFolder(Path path) {
            throw new AssertionError("looking syncs " + path);
        }

        @Override
        public Optional<Object> identity(Path path) throws IOException {
            return REAL.identity(path);
        }

        @Override
        public Space space(Path path) {
            throw new AssertionError("looking asks for room " + path);
        }
    }
}
