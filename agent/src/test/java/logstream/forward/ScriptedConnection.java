package logstream.forward;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.DropCause;
import logstream.metrics.Metrics.MalformedCause;
import org.slf4j.LoggerFactory;

/** Runs one connection over scripted bytes on the thread of the test, and keeps what came of it. */
final class ScriptedConnection {
    /** What time it is when a sender says "now". */
    static final Instant NOW = Instant.ofEpochSecond(1_700_000_000L, 5);

    private static final Duration LONG = Duration.ofHours(1);

    final Metrics metrics = new Metrics();
    final RecordingSink sink = new RecordingSink();
    final SharedPools pools;

    /** What decompresses zstd, should it be wanted. */
    Decompressor zstd = new Zstd();

    final Connection.Surroundings around;

    ScriptedConnection(MessageBounds bounds) {
        this(bounds, new Admission(SecurityConfig.OPEN, LONG, System::nanoTime, new SecureRandom()));
    }

    /** Of a server with these rules. */
    ScriptedConnection(Admission admission) {
        this(MessageBounds.DEFAULT, admission);
    }

    private ScriptedConnection(MessageBounds bounds, Admission admission) {
        int maxEventBytes = bounds.eventBytes();
        pools = new SharedPools(
                new Semaphore(1, true),
                new BufferPool(2, ForwardLimits.WINDOW_BYTES),
                new BufferPool(1, Math.max(maxEventBytes, ForwardLimits.WINDOW_BYTES + 1)),
                Decompression.of(() -> zstd, maxEventBytes, Duration.ofHours(1)),
                new BufferPool(1, maxEventBytes),
                new HeldBytes(ForwardConfig.DEFAULT.maxWaitingBytes(), System::nanoTime),
                LONG);
        around = around(sink, bounds, admission);
    }

    ScriptedConnection(int maxEventBytes) {
        this(Bounds.ofEvents(maxEventBytes));
    }

    /** What the connection has around it, with another sink. */
    Connection.Surroundings around(EventSink to) {
        return around(to, around.bounds(), around.admission());
    }

    private Connection.Surroundings around(EventSink to, MessageBounds bounds, Admission admission) {
        return new Connection.Surroundings(
                pools,
                to,
                new Faults(metrics, System::nanoTime),
                metrics,
                () -> NOW,
                bounds,
                admission,
                new Connection.Timeouts(LONG, LONG, System::nanoTime, time -> {}),
                new AwakeConnections(1, 0));
    }

    ScriptedConnection() {
        this(MessageBounds.DEFAULT);
    }

    /** Runs until the connection has ended; fails when that was by a bug, or something was not given back. */
    void run(ScriptedSocket socket) {
        Logger logger = (Logger) LoggerFactory.getLogger(Session.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try {
            new Connection(socket, around, around.admission().asksForProof(socket.remote()), ended -> {}).run();
        } finally {
            logger.detachAppender(log);
        }
        log.list.stream()
                .filter(event -> event.getLevel() == Level.ERROR)
                .findFirst()
                .ifPresent(event -> {
                    throw new AssertionError(event.getFormattedMessage() + " "
                            + event.getThrowableProxy().getMessage());
                });
        requireAllGivenBack();
    }

    private void requireAllGivenBack() {
        boolean home = pools.turns().availablePermits() == 1
                && pools.windows().inUse() == 0
                && pools.largeBuffers().inUse() == 0
                && pools.decompression().inUse() == 0
                && pools.conversions().inUse() == 0
                && pools.held().total() == 0
                && sink.opened.get() == sink.closed.get();
        if (!home) {
            throw new AssertionError("not given back: turns " + pools.turns().availablePermits() + " of 1, windows "
                    + pools.windows().inUse() + ", large buffers "
                    + pools.largeBuffers().inUse() + ", for decompression "
                    + pools.decompression().inUse() + ", conversion buffers "
                    + pools.conversions().inUse() + ", held "
                    + pools.held().total() + ", intakes opened " + sink.opened + ", closed " + sink.closed);
        }
    }

    long received() {
        return metrics.eventsReceived.sum();
    }

    long dropped(DropCause cause) {
        return metrics.dropped(cause).sum();
    }

    long malformed(MalformedCause cause) {
        return metrics.malformed(cause).sum();
    }

    long malformed() {
        long sum = 0;
        for (MalformedCause cause : MalformedCause.values()) {
            sum += malformed(cause);
        }
        return sum;
    }
}
