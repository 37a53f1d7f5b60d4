package logstream.monitor;

import java.time.Duration;
import java.util.Optional;
import logstream.pipeline.Blockage;

/**
 * What a running agent tells about its parts, besides what it counts.
 *
 * <p>Threading: any thread; each answer is quick.
 */
public interface Vitals {
    /** Whether senders can connect and are read. */
    boolean accepting();

    /** Connections of senders that are open. */
    long connections();

    /** Whether lines with such a tag are shipped. */
    boolean ships(String tag);

    /** How long the shipper has been at one and the same step. */
    Duration shipperStepAge();

    /** Why the stream accepts nothing; empty when all is well. */
    Optional<Blockage> blockage();

    /** Since when it does; zero when all is well. */
    Duration blockedFor();

    /** Frames that became durable: grows while the commit thread gets on. */
    long durable();

    /** Frames that are taken and not durable yet. */
    long notDurable();

    /** Whether the disk refuses again and again to be written to. */
    boolean diskRefuses();

    /** Whether the buffer has no room, so that senders wait or lines are dropped. */
    boolean bufferFull();
}
