package logstream.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When messages that come close together are read many at a time, in virtual time. */
class GatherTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final int MESSAGES = 1_000;

    private final ScriptedConnection scripted = new ScriptedConnection();
    private long now = TimeUnit.SECONDS.toNanos(7);
    private int sleeps;

    /** Sends a message at each moment of its schedule, then closes. */
    private final class Peer implements Transport {
        private final List<byte[]> messages = new ArrayList<>();
        private final List<Long> dueNanos = new ArrayList<>();
        private final List<Long> readNanos = new ArrayList<>();
        private int next;
        private int offset;
        private int waits;

        private void sends(byte[] message, long atNanos) {
            messages.add(message);
            dueNanos.add(atNanos);
        }

        @Override
        public int read(byte[] to, int at, int length, int patienceMillis) {
            waits++;
            if (next == messages.size()) {
                return -1;
            }
            now = Math.max(now, dueNanos.get(next));
            return readNow(to, at, length);
        }

        @Override
        public int readNow(byte[] to, int at, int length) {
            int count = 0;
            while (count < length && next < messages.size() && dueNanos.get(next) <= now) {
                byte[] message = messages.get(next);
                int part = Math.min(length - count, message.length - offset);
                System.arraycopy(message, offset, to, at + count, part);
                count += part;
                offset += part;
                if (offset == message.length) {
                    readNanos.add(now);
                    offset = 0;
                    next++;
                }
            }
            return count;
        }

        private long longestNanos() {
            long longest = 0;
            for (int message = 0; message < readNanos.size(); message++) {
                longest = Math.max(longest, readNanos.get(message) - dueNanos.get(message));
            }
            return longest;
        }

        @Override
        public SocketAddress remote() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
        }

        @Override
        public void write(byte[] from, int at, int length) {}

        @Override
        public void sleep(Runnable wake) {
            throw new IllegalStateException("this peer is never silent");
        }

        @Override
        public void halfClose() {}

        @Override
        public void close() {}
    }

    private Peer every(Duration interval, int lineBytes, String chunk) {
        Peer peer = new Peer();
        String line = "x".repeat(lineBytes);
        for (int message = 0; message < MESSAGES; message++) {
            byte[] bytes = chunk.isEmpty()
                    ? Wire.message("grid.a", 1, line)
                    : Wire.message("grid.a", 1, line, chunk + message);
            peer.sends(bytes, now + (message + 1) * interval.toNanos());
        }
        return peer;
    }

    private void run(Peer peer) {
        Connection.Surroundings around = scripted.around;
        Connection.Timeouts timeouts = new Connection.Timeouts(LONG, LONG, () -> now, time -> {
            sleeps++;
            now += time.toNanos();
        });
        new Connection(
                        peer,
                        new Connection.Surroundings(
                                scripted.pools,
                                scripted.sink,
                                around.faults(),
                                scripted.metrics,
                                around.clock(),
                                around.bounds(),
                                new Admission(SecurityConfig.OPEN, LONG, () -> now, new SecureRandom()),
                                timeouts,
                                around.awake()),
                        false,
                        ended -> {})
                .run();
        assertThat(scripted.sink.events).hasSize(MESSAGES);
    }

    @Test
    void messagesThatComeCloseTogetherAreReadManyAtATime() {
        Peer peer = every(Duration.ofNanos(400_000), 200, "");
        run(peer);
        assertThat(peer.waits + sleeps).isLessThan(MESSAGES / 10);
        assertThat(peer.longestNanos()).isBetween(1L, ForwardLimits.GATHER.toNanos() * 3 / 2);
    }

    @Test
    void aMessageThatComesAloneIsReadAtOnce() {
        Peer peer = every(Duration.ofMillis(11), 200, "");
        run(peer);
        assertThat(sleeps).isZero();
        assertThat(peer.longestNanos()).isZero();
    }

    @Test
    void whoWaitsForAnAckIsReadAtOnce() {
        Peer peer = every(Duration.ofNanos(400_000), 200, "chunk");
        run(peer);
        assertThat(sleeps).isZero();
        assertThat(peer.longestNanos()).isZero();
    }

    @Test
    void whatWouldFillASocketIsNotLetGather() {
        Peer peer = every(Duration.ofNanos(400_000), 4 * ForwardLimits.GATHERED_BYTES, "");
        run(peer);
        assertThat(sleeps).isZero();
    }
}
