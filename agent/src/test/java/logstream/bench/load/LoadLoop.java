package logstream.bench.load;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * All connections of the load on one thread, which writes to them as fast as they take it, or at the rate of the plan.
 *
 * <p>Threading: confined to one thread.
 */
final class LoadLoop {
    /** Written at once to a connection at full speed: as much as a socket's buffer takes without waiting. */
    private static final int BATCH_BYTES = 64 << 10;

    /** For the batches of all connections. */
    private static final int ALL_BATCHES_BYTES = 64 << 20;

    /** Without a byte written for so long, the agent takes nothing more: a full buffer, or a defect. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final long RECONNECT_NANOS = Duration.ofMillis(20).toNanos();

    /** Between two looks at what is due; so many microseconds may a message be late. */
    private static final long TICK_NANOS = Duration.ofNanos(200_000).toNanos();

    private final LoadPlan plan;
    private final Selector selector;
    private final List<Sender> senders = new ArrayList<>();
    private final IdleConnections idle;
    private final long listeningNanos;
    private long reconnectNanos = System.nanoTime();
    private long progressNanos = System.nanoTime();

    /**
     * Opens all connections.
     *
     * @throws IOException also when nobody listens within a minute
     */
    LoadLoop(LoadPlan plan) throws IOException {
        this.plan = plan;
        this.selector = Selector.open();
        this.listeningNanos = Loopback.awaitListener(plan.port());
        this.idle = IdleConnections.open(plan.port(), plan.idle());
        int batchBytes =
                plan.recordsPerSecond() > 0 ? 0 : Math.min(BATCH_BYTES, ALL_BATCHES_BYTES / plan.connections());
        for (int number = 0; number < plan.connections(); number++) {
            senders.add(new Sender(plan, number, batchBytes, selector));
        }
    }

    /** When somebody listened on the port. */
    long listeningNanos() {
        return listeningNanos;
    }

    /** Sends so much, and returns when all of it is written; with acks: acknowledged. */
    LoadReport send(Amount amount) throws IOException {
        long doneBefore = done();
        long reconnectsBefore = reconnects();
        long start = System.nanoTime();
        long end = amount.seconds() > 0 ? start + (long) (amount.seconds() * 1e9) : Long.MAX_VALUE;
        long messages = amount.records() > 0 ? ceil(amount.records(), plan.events()) : Long.MAX_VALUE;
        if (plan.recordsPerSecond() > 0 && !amount.atFullSpeed()) {
            sendAtRate(start, end, messages);
        } else {
            sendAtFullSpeed(end, messages);
        }
        while (!senders.stream().allMatch(Sender::isIdle)) {
            await(1);
        }
        return new LoadReport(
                done() - doneBefore, start, System.nanoTime(), reconnects() - reconnectsBefore, idle.countOpen());
    }

    private void sendAtRate(long start, long end, long messages) throws IOException {
        double messagesPerSecond = (double) plan.recordsPerSecond() / plan.events();
        double lasts = end == Long.MAX_VALUE ? Double.MAX_VALUE : (end - start) / 1e9;
        long inTime = lasts == Double.MAX_VALUE ? Long.MAX_VALUE : (long) Math.ceil(lasts * messagesPerSecond);
        Schedule schedule = new Schedule(senders, messagesPerSecond, Math.min(messages, inTime), start);
        while (!schedule.isDone()) {
            schedule.advance(System.nanoTime(), plan.events(), epochSeconds());
            await(0);
            long untilNext = schedule.isBehind() ? TICK_NANOS : schedule.moment() - System.nanoTime();
            if (untilNext > 0) {
                LockSupport.parkNanos(this, Math.clamp(untilNext, TICK_NANOS, 5 * TICK_NANOS));
            }
        }
    }

    private void sendAtFullSpeed(long end, long messages) throws IOException {
        long left = messages;
        while (left > 0) {
            long now = System.nanoTime();
            if (now >= end) {
                return;
            }
            boolean wrote = false;
            for (Sender sender : senders) {
                if (left > 0 && sender.isFree()) {
                    int batch = (int) Math.min(left, sender.eventsInBatch() / plan.events());
                    sender.write(batch * plan.events(), System.nanoTime(), epochSeconds());
                    left -= batch;
                    wrote = true;
                }
            }
            await(wrote ? 0 : 1);
        }
    }

    /**
     * Goes on where sockets are ready, and connects again what broke.
     *
     * @throws IllegalStateException when nothing has gone on for too long
     */
    private void await(long millis) throws IOException {
        int ready = millis > 0 ? selector.select(millis) : selector.selectNow();
        long now = System.nanoTime();
        if (ready > 0 || senders.stream().anyMatch(Sender::isFree)) {
            progressNanos = now;
        } else if (now - progressNanos > PATIENCE.toNanos()) {
            throw new IllegalStateException("the agent has taken nothing for " + PATIENCE);
        }
        if (ready > 0) {
            for (SelectionKey key : selector.selectedKeys()) {
                ((Sender) key.attachment()).goOn(key.isValid() && key.isReadable());
            }
            selector.selectedKeys().clear();
        }
        if (now - reconnectNanos >= RECONNECT_NANOS) {
            reconnectNanos = now;
            for (Sender sender : senders) {
                if (!sender.isConnected()) {
                    sender.reconnect();
                }
            }
        }
    }

    private long done() {
        return senders.stream().mapToLong(Sender::done).sum();
    }

    private long reconnects() {
        return senders.stream().mapToLong(Sender::reconnects).sum();
    }

    private static int epochSeconds() {
        return (int) (System.currentTimeMillis() / 1_000);
    }

    private static long ceil(long value, long unit) {
        return (value + unit - 1) / unit;
    }
}
