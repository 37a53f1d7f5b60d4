package logstream.forward;

import static logstream.forward.Wire.ack;
import static logstream.forward.Wire.array;
import static logstream.forward.Wire.bigEndian;
import static logstream.forward.Wire.bin;
import static logstream.forward.Wire.entry;
import static logstream.forward.Wire.hex;
import static logstream.forward.Wire.join;
import static logstream.forward.Wire.message;
import static logstream.forward.Wire.option;
import static logstream.forward.Wire.str;
import static logstream.forward.Wire.str32;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import logstream.forward.RecordingSink.Event;
import logstream.metrics.Metrics.DropCause;
import logstream.metrics.Metrics.MalformedCause;
import org.junit.jupiter.api.Test;

/** What a connection holds, and when. */
class MemoryTest {
    private static final int MAX_EVENT_BYTES = 200_000;

    private final ScriptedConnection connection = new ScriptedConnection(MAX_EVENT_BYTES);

    private static Event event(long seconds, String log) {
        return new Event("grid.a", seconds, 0, "{\"log\":\"" + log + "\"}");
    }

    /** 50 MiB that exist nowhere at once: one window serves them. */
    @Test
    void aHugePayloadIsDecodedInOneWindow() {
        byte[] entry = entry(1, "x".repeat(1000));
        int entries = (50 << 20) / entry.length;
        byte[] head = join(hex("93"), str("grid.a"), hex("c6"), bigEndian(entry.length * entries));
        AtomicInteger taken = new AtomicInteger();
        AtomicInteger mostWindows = new AtomicInteger();
        EventSink sink = peer -> new EventSink.Intake() {
            @Override
            public Taken take(Tag tag, long seconds, int nanos, MsgpackCursor record, boolean mayDrop) {
                taken.incrementAndGet();
                mostWindows.accumulateAndGet(connection.pools.windows().inUse(), Math::max);
                assertThat(record.bytes()).hasSize(ForwardLimits.WINDOW_BYTES);
                return Taken.YES;
            }

            @Override
            public boolean flush(boolean ackWanted) {
                return true;
            }

            @Override
            public void awaitDurable() {}

            @Override
            public void close() {}
        };
        RepeatingTransport transport = new RepeatingTransport(head, entry, entries, option("abc"));
        new Connection(transport, connection.around(sink), false, ended -> {}).run();
        assertThat(taken).hasValue(entries);
        assertThat(mostWindows).hasValue(1);
        assertThat(connection.metrics.acksSent.sum()).isEqualTo(1);
        assertThat(connection.metrics.bytesReceived.sum())
                .isEqualTo(head.length + (long) entries * entry.length + option("abc").length);
        assertThat(connection.pools.windows().inUse()).isZero();
    }

    @Test
    void anEventLargerThanAWindowIsTakenWhole() {
        String large = "l".repeat(150_000);
        byte[] stream = join(
                message("grid.a", 1, "before"),
                message("grid.a", 2, large, "abc"),
                array(str("grid.a"), array(entry(3, large), entry(4, "small")), option("def")),
                array(str("grid.a"), str32(join(entry(5, large), entry(6, large))), option("ghi")),
                message("grid.a", 7, "after"));
        ScriptedSocket socket = ScriptedSocket.of(stream);
        connection.run(socket);
        assertThat(connection.sink.events)
                .containsExactly(
                        event(1, "before"),
                        event(2, large),
                        event(3, large),
                        event(4, "small"),
                        event(5, large),
                        event(6, large),
                        event(7, "after"));
        assertThat(socket.written()).isEqualTo(join(ack("abc"), ack("def"), ack("ghi")));
        assertThat(connection.malformed()).isZero();
    }

    @Test
    void anEventAtTheLimitIsTakenAndOneBeyondIsDroppedAndAcknowledged() {
        // Time 1 byte, map header 1, key 4, header of a str32 5.
        String fits = "f".repeat(MAX_EVENT_BYTES - 11);
        byte[] atLimit = message("grid.a", 1, fits, "a");
        byte[] beyond = message("grid.a", 2, fits + "f", "b");
        ScriptedSocket socket = ScriptedSocket.of(join(
                atLimit,
                beyond,
                array(str("grid.a"), array(entry(3, "three"), entry(4, fits + "ff")), option("c")),
                array(str("grid.a"), bin(join(entry(5, fits + "ff"), entry(6, "six"))), option("d"))));
        connection.run(socket);
        assertThat(connection.sink.events).containsExactly(event(1, fits), event(3, "three"), event(6, "six"));
        assertThat(connection.dropped(DropCause.TOO_LARGE)).isEqualTo(3);
        assertThat(connection.received()).isEqualTo(6);
        assertThat(socket.written()).isEqualTo(join(ack("a"), ack("b"), ack("c"), ack("d")));
        assertThat(connection.malformed()).isZero();
    }

    /** What is too large is known from its header, and then flows by: no large buffer is taken for it. */
    @Test
    void anEventThatIsTooLargeTakesNoMemory() {
        List<Integer> large = new ArrayList<>();
        byte[] stream = message("grid.a", 1, "x".repeat(5 << 20), "a");
        List<Integer> cuts = new ArrayList<>();
        for (int at = 10_000; at < stream.length; at += 10_000) {
            cuts.add(at);
        }
        ScriptedSocket socket = ScriptedSocket.cut(stream, cuts);
        socket.onWait = () -> {
            large.add(connection.pools.largeBuffers().inUse());
            assertThat(connection.pools.windows().inUse()).isZero();
            assertThat(connection.pools.held().total()).isLessThanOrEqualTo(ForwardLimits.AWAKE_BYTES);
        };
        connection.run(socket);
        assertThat(large).hasSizeGreaterThan(500).containsOnly(0);
        assertThat(socket.written()).isEqualTo(ack("a"));
        assertThat(connection.dropped(DropCause.TOO_LARGE)).isEqualTo(1);
    }

    @Test
    void aWaitingConnectionHoldsOnlyWhatIsUnread() {
        byte[] half = message("grid.a", 2, "h".repeat(20_000));
        int sent = 9_000;
        int unread = sent - 1 - str("grid.a").length; // array header and tag are decoded
        ScriptedSocket socket = ScriptedSocket.cut(
                join(message("grid.a", 1, "one"), half), List.of(message("grid.a", 1, "one").length + sent));
        List<Long> held = new ArrayList<>();
        socket.onWait = () -> {
            held.add(connection.pools.held().total());
            assertThat(connection.pools.windows().inUse()).isZero();
            assertThat(connection.pools.largeBuffers().inUse()).isZero();
            assertThat(connection.pools.turns().availablePermits()).isEqualTo(1);
        };
        connection.run(socket);
        assertThat(held).containsExactly(0L, (long) ForwardLimits.AWAKE_BYTES + unread, 0L);
        assertThat(connection.sink.events).hasSize(2);
    }

    @Test
    void onlyALargeEventKeepsALargeBufferWhileItWaits() {
        byte[] large = message("grid.a", 1, "l".repeat(150_000));
        ScriptedSocket socket = ScriptedSocket.cut(
                join(large, message("grid.a", 2, "x".repeat(300))), List.of(30_000, 100_000, large.length + 200));
        List<Integer> buffers = new ArrayList<>();
        socket.onWait = () -> {
            buffers.add(connection.pools.largeBuffers().inUse());
            assertThat(connection.pools.windows().inUse()).isZero();
        };
        connection.run(socket);
        assertThat(buffers).startsWith(0).endsWith(0, 0).contains(1);
        assertThat(connection.sink.events).hasSize(2);
    }

    @Test
    void handingOnIsDoneWithoutATurnAndPromptlyWhenTheSinkIsFull() {
        connection.sink.capacity = 3;
        connection.sink.onTake =
                () -> assertThat(connection.pools.turns().availablePermits()).isZero();
        connection.sink.onFlush =
                () -> assertThat(connection.pools.turns().availablePermits()).isEqualTo(1);
        byte[] entries = join(
                entry(1, "a"),
                entry(2, "b"),
                entry(3, "c"),
                entry(4, "d"),
                entry(5, "e"),
                entry(6, "f"),
                entry(7, "g"));
        connection.run(ScriptedSocket.of(array(str("grid.a"), bin(entries))));
        assertThat(connection.sink.events).hasSize(7);
        assertThat(connection.sink.flushesWithEvents).hasValue(3);
    }

    @Test
    void oneTurnTakesAtMostOneWindow() {
        AtomicInteger inTurn = new AtomicInteger();
        byte[] one = message("grid.a", 1, "x".repeat(1000));
        byte[][] many = new byte[500][];
        Arrays.fill(many, one);
        connection.sink.onTake = () -> assertThat(inTurn.incrementAndGet() * one.length)
                .isLessThanOrEqualTo(ForwardLimits.WINDOW_BYTES + one.length);
        connection.sink.onFlush = () -> inTurn.set(0);
        connection.run(ScriptedSocket.of(join(many)));
        assertThat(connection.sink.events).hasSize(500);
    }

    @Test
    void theConnectionThatWaitedLongestGoesWhenTooMuchIsHeld() {
        byte[] half = message("grid.a", 1, "h".repeat(60_000));
        ScriptedSocket socket = ScriptedSocket.cut(half, List.of(50_000));
        HeldBytes.Holder other = () -> {};
        socket.onWait = () -> {
            if (connection.pools.held().total() > 0) {
                connection.pools.held().hold(other, (int) ForwardConfig.DEFAULT.maxWaitingBytes(), false);
                connection.pools.held().release(other);
            }
        };
        connection.run(socket);
        assertThat(connection.malformed(MalformedCause.OVER_LIMIT)).isEqualTo(1);
        assertThat(connection.sink.events).isEmpty();
    }

    /** Sends head, then a body again and again, then a tail, always with more at hand. */
    private static final class RepeatingTransport implements Transport {
        private final byte[] head;
        private final byte[] body;
        private final byte[] tail;
        private final long bodyEnd;
        private final long end;
        private long sent;

        RepeatingTransport(byte[] head, byte[] body, int times, byte[] tail) {
            this.head = head;
            this.body = body;
            this.tail = tail;
            bodyEnd = head.length + (long) body.length * times;
            end = bodyEnd + tail.length;
        }

        @Override
        public int read(byte[] to, int at, int length, int patienceMillis) {
            return sent == end ? -1 : readNow(to, at, length);
        }

        @Override
        public int readNow(byte[] to, int at, int length) {
            int count = 0;
            while (count < length && sent < end) {
                byte[] from = sent < head.length ? head : sent < bodyEnd ? body : tail;
                int offset = (int)
                        (sent < head.length
                                ? sent
                                : sent < bodyEnd ? (sent - head.length) % body.length : sent - bodyEnd);
                int step = Math.min(length - count, from.length - offset);
                System.arraycopy(from, offset, to, at + count, step);
                count += step;
                sent += step;
            }
            return count;
        }

        @Override
        public void write(byte[] from, int offset, int length) {}

        @Override
        public SocketAddress remote() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
        }

        @Override
        public void sleep(Runnable wake) {
            throw new IllegalStateException("it always has more");
        }

        @Override
        public void halfClose() {}

        @Override
        public void close() {}
    }
}
