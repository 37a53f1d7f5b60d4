package logstream.forward;

import static logstream.forward.Wire.ack;
import static logstream.forward.Wire.array;
import static logstream.forward.Wire.bin;
import static logstream.forward.Wire.entry;
import static logstream.forward.Wire.gzip;
import static logstream.forward.Wire.join;
import static logstream.forward.Wire.option;
import static logstream.forward.Wire.str;
import static logstream.forward.Wire.utf8;
import static logstream.forward.Wire.zstd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.MalformedCause;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many connections that want what there is only one or two of. */
class ContentionTest {
    private final Metrics metrics = new Metrics();
    private final RecordingSink sink = new RecordingSink();

    private SharedPools pools(int windows, Duration patience) {
        return new SharedPools(
                new Semaphore(1, true),
                new BufferPool(windows, ForwardLimits.WINDOW_BYTES),
                new BufferPool(1, 1 << 20),
                new Decompression(
                        new LendingPool<>(1, Gzip::new, patience),
                        new LendingPool<>(1, Zstd::new, patience),
                        new LendingPool<>(1, () -> new byte[1 << 20], patience)),
                new BufferPool(1, 1 << 20),
                new HeldBytes(1L << 30, System::nanoTime),
                patience);
    }

    private Runnable connection(ScriptedSocket socket, SharedPools pools) {
        Duration forever = Duration.ofHours(1);
        Connection connection = new Connection(
                socket,
                new Connection.Surroundings(
                        pools,
                        sink,
                        new Faults(metrics, System::nanoTime),
                        metrics,
                        () -> ScriptedConnection.NOW,
                        MessageBounds.DEFAULT,
                        new Admission(SecurityConfig.OPEN, forever, System::nanoTime, new SecureRandom()),
                        new Connection.Timeouts(forever, forever, System::nanoTime, time -> {}),
                        new AwakeConnections(1, 0)),
                false,
                ended -> {});
        return connection::run;
    }

    private static void assertAtRest(SharedPools pools, int windows) {
        assertThat(pools.turns().availablePermits()).isEqualTo(1);
        assertThat(pools.windows().inUse()).isZero().isLessThan(windows);
        assertThat(pools.largeBuffers().inUse()).isZero();
        assertThat(pools.decompression().inUse()).isZero();
        assertThat(pools.conversions().inUse()).isZero();
        assertThat(pools.held().total()).isZero();
    }

    /**
     * Every kind of message, small and large, on more connections than there is of anything, in pieces: were there a wait in
     * a circle, or something kept too long, they would not end.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void nobodyWaitsInACircle(int windows) throws Exception {
        SharedPools pools = pools(windows, Duration.ofHours(1));
        Random random = new Random(windows);
        List<ScriptedSocket> sockets = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> connections = new ArrayList<>();
            for (int at = 0; at < 24; at++) {
                byte[] stream = at % 6 == 5 ? json(random) : msgpack(random);
                ScriptedSocket socket = ScriptedSocket.cut(stream, cuts(random, stream.length));
                sockets.add(socket);
                connections.add(threads.submit(connection(socket, pools)));
            }
            for (Future<?> connection : connections) {
                connection.get(60, TimeUnit.SECONDS);
            }
        }
        for (int at = 0; at < sockets.size(); at++) {
            byte[] answers = at % 6 == 5 ? utf8("{\"ack\":1}".repeat(12)) : repeated(ack("abc"), 12);
            assertThat(sockets.get(at).written()).as("connection %d", at).isEqualTo(answers);
        }
        assertThat(sink.events).hasSize(24 * 12 * 3);
        assertAtRest(pools, windows);
    }

    private static byte[] msgpack(Random random) {
        byte[][] messages = new byte[12][];
        Arrays.setAll(messages, at -> {
            byte[] entries = join(entry(1, text(random)), entry(2, text(random)), entry(3, text(random)));
            byte[] payload = switch (random.nextInt(4)) {
                case 0 -> bin(gzip(entries));
                case 1 -> bin(zstd(entries));
                case 2 -> bin(entries);
                default -> join(new byte[] {(byte) 0x93}, entries);
            };
            return array(str("grid.a"), payload, option("abc"));
        });
        return join(messages);
    }

    private static byte[] json(Random random) {
        byte[][] messages = new byte[12][];
        Arrays.setAll(
                messages,
                at -> utf8("[\"grid.a\",[[1,{\"log\":\"" + text(random) + "\"}],[2,{\"log\":\"" + text(random)
                        + "\"}],[3,{\"log\":\"" + text(random) + "\"}]],{\"chunk\":1}]\n"));
        return join(messages);
    }

    /** Mostly short, sometimes larger than a window, even when compressed. */
    private static String text(Random random) {
        byte[] letters = new byte[random.nextInt(4) == 0 ? 100_000 + random.nextInt(100_000) : random.nextInt(500)];
        for (int at = 0; at < letters.length; at++) {
            letters[at] = (byte) ('A' + random.nextInt(26));
        }
        return new String(letters, StandardCharsets.US_ASCII);
    }

    private static List<Integer> cuts(Random random, int length) {
        return random.ints(20, 1, length).sorted().boxed().toList();
    }

    private static byte[] repeated(byte[] bytes, int times) {
        return join(Collections.nCopies(times, bytes).toArray(byte[][]::new));
    }

    /** The only decompressor is kept by a sender that stalls: another that needs it gets it. */
    @Test
    void aStalledSenderDoesNotKeepADecompressorFromAnother() throws Exception {
        SharedPools pools = pools(4, Duration.ofMillis(50));
        byte[] message = array(str("grid.a"), bin(gzip(repeated(entry(1, "one"), 5000))), option("abc"));
        ScriptedSocket stalled = ScriptedSocket.of(Arrays.copyOf(message, 60), new byte[1]);
        // Reading from a socket ends when another thread closes it.
        stalled.onWait = () -> {
            if (pools.decompression().gzip().inUse() == 1) {
                await().until(stalled::isClosed);
            }
        };
        ScriptedSocket other = ScriptedSocket.of(message);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> first = threads.submit(connection(stalled, pools));
            await().until(() ->
                    pools.decompression().gzip().inUse() == 1 && pools.turns().availablePermits() == 1);
            threads.submit(connection(other, pools)).get(60, TimeUnit.SECONDS);
            first.get(60, TimeUnit.SECONDS);
        }
        assertThat(other.written()).isEqualTo(ack("abc"));
        assertThat(stalled.written()).isEmpty();
        assertThat(metrics.malformed(MalformedCause.OVER_LIMIT).sum()).isEqualTo(1);
        assertAtRest(pools, 4);
    }
}
