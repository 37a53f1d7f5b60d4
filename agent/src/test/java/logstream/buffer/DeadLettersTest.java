package logstream.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import logstream.metrics.Metrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dead letters are on the disk when they are said to be, check themselves, and stay within their bounds. */
class DeadLettersTest {
    @TempDir
    Path folder;

    private final TestDisk disk = new TestDisk();
    private final AtomicLong nanos = new AtomicLong();
    private final Metrics metrics = new Metrics();

    private DeadLetters open(long bytes) throws IOException {
        BufferConfig config = new BufferConfig(
                folder,
                1 << 20,
                4,
                BufferConfig.Overflow.BLOCK,
                BufferConfig.MinFree.NONE,
                BufferConfig.Sync.ACK,
                Duration.ofMillis(100),
                bytes,
                Duration.ofDays(14));
        return new DeadLetters(config, TestBuffers.sources(disk, nanos, 1), metrics);
    }

    private static DeadLetter letter(String key, int bytes) {
        return new DeadLetter(key, "refused", "why", Instant.EPOCH, new byte[bytes]);
    }

    private Path file(int number) {
        return folder.resolve(DeadLetters.FOLDER).resolve(String.format("%016x.letters", number));
    }

    @Test
    void areForcedWhenKept() throws Exception {
        try (DeadLetters letters = open(1 << 20)) {
            letters.keep(List.of(letter("here-i-am", 10)));
            assertThat(disk.forcedContains("here-i-am")).isTrue();
        }
    }

    @Test
    void goOnInANewFileAfterAFailure() throws Exception {
        try (DeadLetters letters = open(1 << 20)) {
            letters.keep(List.of(letter("a", 10)));
            disk.failNth(TestDisk.Operation.HALF_WRITE, 1);
            assertThatThrownBy(() -> letters.keep(List.of(letter("b", 10)))).isInstanceOf(IOException.class);
            letters.keep(List.of(letter("b", 10)));
        }
        assertThat(parse(Files.readAllBytes(file(0))))
                .extracting(DeadLetter::key)
                .containsExactly("a");
        assertThat(parse(Files.readAllBytes(file(1))))
                .extracting(DeadLetter::key)
                .containsExactly("b");
    }

    @Test
    void theOldestGoFirstWhenThereAreTooMany() throws Exception {
        for (int run = 0; run < 4; run++) {
            try (DeadLetters letters = open(2500)) {
                letters.keep(List.of(letter("run " + run, 1000)));
                Files.setLastModifiedTime(file(run), FileTime.from(TestBuffers.START.minusSeconds(10 - run)));
            }
        }
        try (DeadLetters letters = open(2500)) {
            assertThat(letters.bytes()).isBetween(2000L, 2500L);
        }
        assertThat(file(1)).doesNotExist();
        assertThat(file(2)).exists();
        assertThat(file(3)).exists();
        assertThat(metrics.deadLetterFilesDeleted.sum()).isEqualTo(2);
        assertThat(metrics.deadLettersDeleted.sum()).as("records in them").isEqualTo(2);
    }

    @Test
    void goWhenTheyAreTooOld() throws Exception {
        try (DeadLetters letters = open(1 << 20)) {
            letters.keep(List.of(letter("a", 1000)));
            Files.setLastModifiedTime(file(0), FileTime.from(TestBuffers.START.minus(Duration.ofDays(15))));
            letters.prune();
            nanos.addAndGet(Expiry.BELIEVED_AFTER.toNanos() - 1);
            letters.prune();
            assertThat(letters.bytes()).as("the clock may be wrong").isPositive();
            nanos.addAndGet(1);
            letters.prune();
            assertThat(letters.bytes()).isZero();
            letters.keep(List.of(letter("b", 1000)));
            assertThat(letters.bytes()).isPositive();
        }
    }

    /** As the class comment of {@link LetterFormat} has it; ends at what does not check. */
    static List<DeadLetter> parse(byte[] file) {
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(in.getLong()).isEqualTo(LetterFormat.MAGIC);
        assertThat(in.getInt()).isEqualTo(2);
        List<DeadLetter> letters = new ArrayList<>();
        while (in.remaining() >= 28) {
            int length = in.getInt();
            int checksum = in.getInt();
            if (length > in.remaining()) {
                break;
            }
            CRC32C crc = new CRC32C();
            crc.update(file, in.position(), length);
            if ((int) crc.getValue() != checksum) {
                break;
            }
            int end = in.position() + length;
            Instant time = Instant.ofEpochMilli(in.getLong());
            byte[] key = new byte[in.getInt()];
            byte[] cause = new byte[in.getInt()];
            byte[] reason = new byte[in.getInt()];
            in.get(key).get(cause).get(reason);
            byte[] data = new byte[end - in.position()];
            in.get(data);
            letters.add(new DeadLetter(text(key), text(cause), text(reason), time, data));
        }
        return letters;
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
