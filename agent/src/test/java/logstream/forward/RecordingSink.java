package logstream.forward;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;

/** Keeps what it was handed, and misbehaves as it is told. */
final class RecordingSink implements EventSink {
    /** An event as it was flushed; the record is JSON. */
    record Event(String tag, long seconds, int nanos, String record) {}

    /** Events in the order in which they were flushed. */
    final List<Event> events = new CopyOnWriteArrayList<>();

    final List<Tag> tags = new CopyOnWriteArrayList<>();
    final AtomicInteger opened = new AtomicInteger();
    final AtomicInteger closed = new AtomicInteger();
    final AtomicInteger flushesWithEvents = new AtomicInteger();
    final AtomicInteger flushesWithAckWanted = new AtomicInteger();

    /** How many {@link Intake#awaitDurable} pass; more than enough unless a test says otherwise. */
    final Semaphore durable = new Semaphore(Integer.MAX_VALUE);

    /** How many {@link Intake#flush} with events pass. */
    final Semaphore room = new Semaphore(Integer.MAX_VALUE);

    /** After how many events without a flush the sink is full. */
    volatile int capacity = Integer.MAX_VALUE;

    /** Whether what nobody wants an ack for is dropped. */
    volatile boolean dropsUnasked;

    /** Whether that is so before it is even taken. */
    volatile boolean dropsAtOnce;

    volatile boolean stopped;
    volatile Runnable onTake = () -> {};
    volatile Runnable onFlush = () -> {};

    @Override
    public Intake open(Peer peer) {
        opened.incrementAndGet();
        return new RecordingIntake();
    }

    private final class RecordingIntake implements Intake {
        private final List<Event> taken = new ArrayList<>();

        @Override
        public Taken take(Tag tag, long seconds, int nanos, MsgpackCursor record, boolean mayDrop) {
            onTake.run();
            if (taken.size() >= capacity) {
                throw new IllegalStateException("an event was handed to a full sink");
            }
            if (mayDrop && dropsAtOnce) {
                return Taken.DROPPED;
            }
            int start = record.position();
            record.skip();
            byte[] bytes = Arrays.copyOfRange(record.bytes(), start, record.position());
            tags.add(tag);
            taken.add(new Event(tag.toString(), seconds, nanos, json(bytes)));
            return taken.size() >= capacity ? Taken.FULL : Taken.YES;
        }

        @Override
        public boolean flush(boolean ackWanted) throws IntakeStoppedException {
            onFlush.run();
            if (stopped) {
                throw new IntakeStoppedException("the test stopped the sink");
            }
            if (!taken.isEmpty()) {
                room.acquireUninterruptibly();
                flushesWithEvents.incrementAndGet();
                flushesWithAckWanted.addAndGet(ackWanted ? 1 : 0);
                if (!ackWanted && dropsUnasked) {
                    taken.clear();
                    return false;
                }
                events.addAll(taken);
                taken.clear();
            }
            return true;
        }

        @Override
        public void awaitDurable() throws IntakeStoppedException {
            if (!taken.isEmpty()) {
                throw new IllegalStateException("durability was asked for before the flush");
            }
            durable.acquireUninterruptibly();
            if (stopped) {
                throw new IntakeStoppedException("the test stopped the sink");
            }
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    /** JSON; or hexadecimal for what msgpack-core will not read, such as a timestamp of a wrong length. */
    private static String json(byte[] msgpack) {
        try (MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(msgpack)) {
            return unpacker.unpackValue().toJson();
        } catch (MessagePackException e) {
            return HexFormat.of().formatHex(msgpack);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
