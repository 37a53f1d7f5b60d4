package logstream.forward;

import static logstream.forward.Wire.ack;
import static logstream.forward.Wire.array;
import static logstream.forward.Wire.bin;
import static logstream.forward.Wire.entry;
import static logstream.forward.Wire.gzip;
import static logstream.forward.Wire.hex;
import static logstream.forward.Wire.join;
import static logstream.forward.Wire.map;
import static logstream.forward.Wire.message;
import static logstream.forward.Wire.option;
import static logstream.forward.Wire.str;
import static logstream.forward.Wire.str32;
import static logstream.forward.Wire.utf8;
import static logstream.forward.Wire.zstd;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import logstream.forward.RecordingSink.Event;
import logstream.metrics.Metrics.DropCause;
import logstream.metrics.Metrics.MalformedCause;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compressed payloads: what their formats allow, what breaks them, and their bounds. */
class CompressionTest {
    private static final byte[] SKIPPABLE = hex("5a2a4d18 03000000 c1c1c1");

    private ScriptedConnection connection = new ScriptedConnection();

    /** Which compression. */
    enum Kind {
        GZIP,
        ZSTD;

        byte[] of(byte[]... entries) {
            return this == GZIP ? gzip(join(entries)) : zstd(join(entries));
        }
    }

    private ScriptedSocket run(byte[]... payloads) {
        List<byte[]> messages = new ArrayList<>();
        for (byte[] payload : payloads) {
            messages.add(array(str("grid.a"), str32(payload), option("abc")));
        }
        messages.add(message("after", 7, "after"));
        ScriptedSocket socket = ScriptedSocket.of(join(messages.toArray(byte[][]::new)));
        connection.run(socket);
        assertThat(connection.sink.events).last().isEqualTo(new Event("after", 7, 0, "{\"log\":\"after\"}"));
        connection.sink.events.removeLast();
        long dropped = connection.dropped(DropCause.INVALID) + connection.dropped(DropCause.TOO_LARGE);
        assertThat(connection.received()).isEqualTo(connection.sink.events.size() + 1 + dropped);
        return socket;
    }

    private static Event event(long seconds, String log) {
        return new Event("grid.a", seconds, 0, "{\"log\":\"" + log + "\"}");
    }

    private void assertBroken(ScriptedSocket socket, DropCause drop, MalformedCause cause) {
        assertThat(socket.written()).isEqualTo(ack("abc"));
        assertThat(connection.malformed(cause)).isEqualTo(1);
        assertThat(connection.malformed()).isEqualTo(1);
        assertThat(connection.dropped(drop)).isEqualTo(1);
    }

    static Stream<Arguments> wellFormed() throws IOException {
        byte[] one = entry(1, "one");
        byte[] two = entry(2, "two");
        byte[] both = join(one, two);
        byte[] empty = new byte[0];
        return Stream.of(
                Arguments.of("gzip", gzip(both)),
                Arguments.of("gzip members", join(gzip(one), gzip(two))),
                Arguments.of("gzip members inside an entry", join(gzip(head(both, 5)), gzip(tail(both, 5)))),
                Arguments.of("gzip members without data", join(gzip(empty), gzip(both), gzip(empty))),
                Arguments.of("gzip stored", member(both, 0, empty, Deflater.NO_COMPRESSION)),
                Arguments.of("gzip text flag", member(both, 1, empty, 9)),
                Arguments.of("gzip name", member(both, 8, utf8("chunk.log\0"), 9)),
                Arguments.of("gzip comment", member(both, 16, utf8("made by hand\0"), 9)),
                Arguments.of("gzip extra field", member(both, 4, hex("0300 c1c1c1"), 9)),
                Arguments.of("gzip empty extra field", member(both, 4, hex("0000"), 9)),
                Arguments.of("gzip header checksum", withHeaderChecksum(both, 2, empty)),
                Arguments.of("gzip all fields", withHeaderChecksum(both, 2 | 4 | 8 | 16, hex("0100 c1 6100 6200"))),
                Arguments.of("zstd", zstd(both)),
                Arguments.of("zstd frames", join(zstd(one), zstd(two))),
                Arguments.of("zstd frames inside an entry", join(zstd(head(both, 5)), zstd(tail(both, 5)))),
                Arguments.of("zstd frames without data", join(zstd(empty), zstd(both), zstd(empty))),
                Arguments.of("zstd skippable frames", join(SKIPPABLE, zstd(one), SKIPPABLE, zstd(two), SKIPPABLE)),
                Arguments.of("zstd empty skippable frame", join(hex("502a4d18 00000000"), zstd(both))),
                Arguments.of("zstd without checksum", com.github.luben.zstd.Zstd.compress(both)),
                Arguments.of("zstd of unknown length", zstdStream(both, 20)),
                Arguments.of("zstd with a window of 8 MiB", zstdStream(both, 23)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void wellFormed(String name, byte[] payload) {
        ScriptedSocket socket = run(payload, payload);
        assertThat(connection.sink.events)
                .as(name)
                .containsExactly(event(1, "one"), event(2, "two"), event(1, "one"), event(2, "two"));
        assertThat(socket.written()).isEqualTo(join(ack("abc"), ack("abc")));
        assertThat(connection.malformed()).isZero();
    }

    static Stream<Arguments> broken() {
        byte[] one = entry(1, "one");
        byte[] two = entry(2, "two");
        byte[] gzip = gzip(one);
        byte[] zstd = zstd(one);
        return Stream.of(
                Arguments.of("gzip checksum", flipped(gzip, gzip.length - 8), 1),
                Arguments.of("gzip length", flipped(gzip, gzip.length - 1), 1),
                Arguments.of("gzip header checksum", flipped(withHeaderChecksum(one, 2, new byte[0]), 10), 0),
                Arguments.of("gzip method", flipped(gzip, 2), 0),
                Arguments.of("gzip reserved flag", member(one, 0x80, new byte[0], 9), 0),
                Arguments.of("gzip block type", join(Arrays.copyOf(gzip, 10), hex("07 00 00")), 0),
                Arguments.of("gzip and something else", join(gzip, two), 1),
                Arguments.of("gzip and zeros", join(gzip, new byte[4]), 1),
                Arguments.of("gzip and zstd", join(gzip, zstd), 1),
                Arguments.of("gzip's first bytes", hex("1f8b"), 0),
                Arguments.of("gzip of half an entry", join(gzip(join(one, head(two, 4)))), 1),
                Arguments.of("gzip of no msgpack", gzip(join(one, hex("c1"))), 1),
                Arguments.of("gzip in gzip", gzip(join(one, gzip(two))), 1),
                Arguments.of("zstd checksum", flipped(zstd, zstd.length - 1), 1),
                Arguments.of("zstd and something else", join(zstd, two), 1),
                Arguments.of("zstd and gzip", join(zstd, gzip), 1),
                Arguments.of("zstd's first bytes", hex("28b52ffd"), 0),
                Arguments.of("zstd reserved bit", flipped(zstd, 4), 0),
                Arguments.of("zstd with a dictionary", hex("28b52ffd 01 00 07 010000"), 0),
                Arguments.of("zstd of no msgpack", zstd(join(one, hex("c1"))), 1),
                Arguments.of("half a skippable frame", head(SKIPPABLE, 9), 0));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void broken(String name, byte[] payload, int kept) {
        ScriptedSocket socket = run(payload);
        assertThat(socket.written()).as(name).isEqualTo(ack("abc"));
        assertThat(connection.malformed(MalformedCause.BROKEN_PAYLOAD)).isEqualTo(1);
        assertThat(connection.malformed()).isEqualTo(1);
        // What was decompressed before the break is kept; a decompressor may notice it before.
        assertThat(connection.sink.events)
                .isEqualTo(List.of(event(1, "one")).subList(0, connection.sink.events.size()));
        assertThat(connection.sink.events.size()).isLessThanOrEqualTo(kept);
        assertThat(connection.dropped(DropCause.INVALID)).isPositive();
    }

    @ParameterizedTest
    @EnumSource
    void everyPrefixIsBroken(Kind kind) {
        byte[] payload = kind.of(entry(1, "one"), entry(2, "two"));
        for (int length = Compression.TELLING_BYTES; length < payload.length; length++) {
            connection = new ScriptedConnection();
            ScriptedSocket socket = run(Arrays.copyOf(payload, length));
            assertThat(connection.malformed(MalformedCause.BROKEN_PAYLOAD))
                    .as("%d bytes", length)
                    .isEqualTo(1);
            assertThat(socket.written()).isEqualTo(ack("abc"));
        }
    }

    /** What fluentd says of a chunk that it compressed, and the opposite. */
    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd", "text", "", "lz4"})
    void theBytesAreBelievedWhereTheOptionSaysElse(String says) {
        byte[] option = map("compressed", says, "chunk", "abc");
        byte[] stream = join(
                array(str("grid.a"), bin(entry(1, "one")), option),
                array(str("grid.a"), bin(gzip(entry(2, "two"))), option),
                array(str("grid.a"), bin(zstd(entry(3, "three"))), option),
                array(str("grid.a"), array(entry(4, "four")), option));
        ScriptedSocket socket = ScriptedSocket.of(stream);
        connection.run(socket);
        assertThat(connection.sink.events)
                .containsExactly(event(1, "one"), event(2, "two"), event(3, "three"), event(4, "four"));
        assertThat(socket.written()).isEqualTo(join(ack("abc"), ack("abc"), ack("abc"), ack("abc")));
        assertThat(connection.malformed()).isZero();
    }

    /** Events on the borders of windows, larger than one, and as large as they may be. */
    @ParameterizedTest
    @EnumSource
    void eventsOfAllSizesAreTakenWhole(Kind kind) {
        Random random = new Random(3);
        List<byte[]> entries = new ArrayList<>();
        List<Event> expected = new ArrayList<>();
        int[] sizes = {1, 70_000, 20, 65_535, 65_536, 65_537, 3, 900_000, 5, MessageBounds.DEFAULT.eventBytes() - 12};
        for (int at = 0; at < 300; at++) {
            int size = at < sizes.length ? sizes[at] : random.nextInt(2_000);
            String log = text(random, size);
            entries.add(entry(at + 1, log));
            expected.add(event(at + 1, log));
        }
        byte[] payload = kind.of(entries.toArray(byte[][]::new));
        ScriptedSocket socket = run(payload);
        assertThat(connection.sink.events).isEqualTo(expected);
        assertThat(socket.written()).isEqualTo(ack("abc"));
        assertThat(connection.malformed()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void anEventBeyondTheLimitCostsItself(Kind kind) {
        String tooLong = text(new Random(4), MessageBounds.DEFAULT.eventBytes());
        ScriptedSocket socket = run(kind.of(entry(1, "one"), entry(2, tooLong), entry(3, "three")));
        assertThat(connection.sink.events).containsExactly(event(1, "one"), event(3, "three"));
        assertThat(connection.dropped(DropCause.TOO_LARGE)).isEqualTo(1);
        assertThat(connection.malformed()).isZero();
        assertThat(socket.written()).isEqualTo(ack("abc"));
    }

    @ParameterizedTest
    @EnumSource
    void decompressedBytesAreBounded(Kind kind) {
        byte[] one = entry(1, text(new Random(1), 100_000));
        byte[][] entries = new byte[30][];
        Arrays.fill(entries, one);
        for (int size : new int[] {one.length * 20, one.length * 20 + 1, one.length * 21 - 1}) {
            connection = new ScriptedConnection(Bounds.ofDecompression(size, 100_000));
            ScriptedSocket socket = run(kind.of(entries));
            assertThat(connection.sink.events).hasSize(20);
            assertBroken(socket, DropCause.TOO_LARGE, MalformedCause.OVER_LIMIT);
        }
        connection = new ScriptedConnection(Bounds.ofDecompression(one.length * 30L, 100_000));
        run(kind.of(entries));
        assertThat(connection.sink.events).hasSize(30);
        assertThat(connection.malformed()).isZero();
    }

    /** 64 MiB of nothing in a few KiB: the first MiB may be as dense as it likes. */
    @ParameterizedTest
    @EnumSource
    void aBombCostsNoMoreThanTheRatio(Kind kind) {
        connection = new ScriptedConnection(Bounds.ofDecompression(256L << 20, 100));
        byte[] bomb = kind.of(entry(1, "one"), new byte[64 << 20]);
        ScriptedSocket socket = run(bomb);
        assertThat(connection.sink.events).containsExactly(event(1, "one"));
        // Zeros are integers, which are no entries: as many as were let through were counted.
        assertThat(connection.dropped(DropCause.INVALID))
                .isBetween((1L << 20) - 11, Math.max(1L << 20, 100L * bomb.length));
        assertThat(connection.dropped(DropCause.TOO_LARGE)).isEqualTo(1);
        assertThat(connection.malformed(MalformedCause.OVER_LIMIT)).isEqualTo(1);
        assertThat(socket.written()).isEqualTo(ack("abc"));
    }

    @ParameterizedTest
    @EnumSource
    void whatIsSmallMayBeDense(Kind kind) {
        connection = new ScriptedConnection(Bounds.ofDecompression(256L << 20, 10));
        byte[][] entries = new byte[10][];
        Arrays.fill(entries, entry(1, "l".repeat(100_000)));
        run(kind.of(entries));
        assertThat(connection.sink.events).hasSize(10);
        assertThat(connection.malformed()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void entriesAreBounded(Kind kind) {
        connection = new ScriptedConnection(Bounds.ofMessages(1 << 20, 2));
        ScriptedSocket socket = run(kind.of(entry(1, "one"), entry(2, "two"), entry(3, "three"), entry(4, "four")));
        assertThat(connection.sink.events).containsExactly(event(1, "one"), event(2, "two"));
        assertBroken(socket, DropCause.TOO_LARGE, MalformedCause.OVER_LIMIT);
    }

    @ParameterizedTest
    @EnumSource
    void compressedBytesAreBounded(Kind kind) {
        connection = new ScriptedConnection(Bounds.ofMessages(1 << 20, 1_000_000));
        Random random = new Random(2);
        byte[][] entries = new byte[30][];
        Arrays.setAll(entries, at -> entry(at + 1, text(random, 100_000)));
        byte[] payload = kind.of(entries);
        assertThat(payload.length).isGreaterThan(1 << 20);
        ScriptedSocket socket = run(payload);
        assertThat(connection.sink.events).hasSizeBetween(10, 20);
        assertBroken(socket, DropCause.TOO_LARGE, MalformedCause.OVER_LIMIT);
    }

    @Test
    void aLargerWindowThan8MiBIsRefused() throws IOException {
        ScriptedSocket socket = run(zstdStream(entry(1, "one"), 24));
        assertThat(connection.sink.events).isEmpty();
        assertBroken(socket, DropCause.TOO_LARGE, MalformedCause.OVER_LIMIT);
    }

    /** Where zstd cannot be loaded, its messages wait at their senders; gzip goes on. */
    @Test
    void withoutItsLibraryOnlyZstdIsRefused() {
        connection.zstd = new Decompressor() {
            private final byte[] window = new byte[ForwardLimits.WINDOW_BYTES];

            @Override
            public byte[] window() {
                return window;
            }

            @Override
            public void begin() throws PayloadException {
                throw new PayloadException(MalformedCause.UNSUPPORTED_COMPRESSION, "zstd, whose library is missing");
            }

            @Override
            public void decompress(byte[] in, int from, int count, byte[] out, int at, int room) {
                throw new IllegalStateException("it has not begun");
            }

            @Override
            public int consumed() {
                return 0;
            }

            @Override
            public int produced() {
                return 0;
            }

            @Override
            public boolean mayEnd() {
                return true;
            }

            @Override
            public void end() {}
        };
        ScriptedSocket socket = ScriptedSocket.of(join(
                array(str("grid.a"), bin(gzip(entry(1, "one"))), option("a")),
                array(str("grid.a"), bin(zstd(entry(2, "two"))), option("b")),
                message("grid.a", 3, "three", "c")));
        connection.run(socket);
        assertThat(connection.sink.events).containsExactly(event(1, "one"));
        assertThat(socket.written()).isEqualTo(ack("a"));
        assertThat(connection.malformed(MalformedCause.UNSUPPORTED_COMPRESSION)).isEqualTo(1);
        assertThat(connection.received()).isEqualTo(1);
    }

    /** Metrics and traces are maps, so none of them is taken for a log line. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void otherSignalsThanLogsAreCountedAndAcknowledged(int signal) {
        byte[] metrics = join(map("meta", "x"), map("metrics", "y"));
        byte[] option = Wire.pack(p -> p.packMapHeader(2)
                .packString("fluent_signal")
                .packInt(signal)
                .packString("chunk")
                .packString("abc"));
        for (byte[] payload : List.of(metrics, gzip(metrics), zstd(metrics))) {
            connection = new ScriptedConnection();
            ScriptedSocket socket =
                    ScriptedSocket.of(join(array(str("grid.a"), bin(payload), option), message("after", 7, "after")));
            connection.run(socket);
            assertThat(connection.sink.events).containsExactly(new Event("after", 7, 0, "{\"log\":\"after\"}"));
            assertThat(connection.dropped(DropCause.INVALID)).isEqualTo(2);
            assertThat(connection.malformed(MalformedCause.UNSUPPORTED_SIGNAL)).isEqualTo(1);
            assertThat(connection.malformed()).isEqualTo(1);
            assertThat(socket.written()).isEqualTo(ack("abc"));
        }
    }

    /** Pseudo-random letters: half as small when compressed. */
    private static String text(Random random, int length) {
        byte[] letters = new byte[length];
        IntStream.range(0, length).forEach(at -> letters[at] = (byte) ('a' + random.nextInt(16)));
        return new String(letters, java.nio.charset.StandardCharsets.US_ASCII);
    }

    private static byte[] head(byte[] bytes, int length) {
        return Arrays.copyOf(bytes, length);
    }

    private static byte[] tail(byte[] bytes, int from) {
        return Arrays.copyOfRange(bytes, from, bytes.length);
    }

    private static byte[] flipped(byte[] bytes, int at) {
        byte[] copy = bytes.clone();
        copy[at] ^= 8;
        return copy;
    }

    /** A gzip member made by hand. */
    private static byte[] member(byte[] data, int flags, byte[] fields, int level) {
        return join(header(flags, fields), deflated(data, level), trailer(data));
    }

    private static byte[] withHeaderChecksum(byte[] data, int flags, byte[] fields) {
        byte[] header = header(flags, fields);
        CRC32 crc = new CRC32();
        crc.update(header);
        byte[] checksum = {(byte) crc.getValue(), (byte) (crc.getValue() >> 8)};
        return join(header, checksum, deflated(data, 9), trailer(data));
    }

    private static byte[] header(int flags, byte[] fields) {
        return join(hex("1f8b08"), new byte[] {(byte) flags}, hex("00000000 00 ff"), fields);
    }

    private static byte[] deflated(byte[] data, int level) {
        try (Deflater deflater = new Deflater(level, true)) {
            deflater.setInput(data);
            deflater.finish();
            byte[] out = new byte[data.length + 100];
            return Arrays.copyOf(out, deflater.deflate(out));
        }
    }

    private static byte[] trailer(byte[] data) {
        CRC32 crc = new CRC32();
        crc.update(data);
        return join(littleEndian((int) crc.getValue()), littleEndian(data.length));
    }

    private static byte[] littleEndian(int value) {
        return Wire.bigEndian(Integer.reverseBytes(value));
    }

    private static byte[] zstdStream(byte[] bytes, int windowLog) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZstdOutputStream zstd = new ZstdOutputStream(out).setLong(windowLog)) {
            zstd.write(bytes);
        }
        return out.toByteArray();
    }
}
