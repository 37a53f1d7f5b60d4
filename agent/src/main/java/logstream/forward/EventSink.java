package logstream.forward;

import java.io.Closeable;

/**
 * Where the events of all connections go: the seam between the protocol and what is done with the lines.
 *
 * <p>Threading: {@link #open} is called from many connection threads at once; each {@link Intake} is confined to the
 * thread of its connection.
 */
public interface EventSink {
    /** Called once per connection, before its first event. */
    Intake open(Peer peer);

    /** The events of one connection, in their order. */
    interface Intake extends Closeable {
        /** What became of an event. */
        enum Taken {
            YES,
            /** Taken, and the sink has all it can hold: call {@link #flush} before the next event. */
            FULL,
            /** There was no room, and the operator allows to drop it: it is counted. */
            DROPPED
        }

        /**
         * Takes one event. What is taken is not yet handed on: {@link #flush} does that.
         *
         * @param tag the same instance as long as the tag of the connection does not change
         * @param seconds Unix time, unsigned 32 bits in practice; never 0 (the protocol's "now" is already resolved)
         * @param nanos 0 to 999,999,999
         * @param record a cursor at the event's msgpack map, already known to be whole and within the limits; valid only
         *     during the call
         * @param mayDrop false when the sender is known to want acks: its event waits for room
         */
        Taken take(Tag tag, long seconds, int nanos, MsgpackCursor record, boolean mayDrop);

        /**
         * Hands on what was taken since the last flush and gives back its memory. Blocks while the buffer is full, so
         * it is called without a turn's permit. Cheap when nothing was taken.
         *
         * @param ackWanted false when no ack will be sent for any of it: then some of it may be dropped for want of room,
         *     where the operator allows that
         * @return whether all of it was handed on; what was not is counted as dropped
         * @throws IntakeStoppedException when the agent stops: what was taken is not handed on, close the connection
         */
        boolean flush(boolean ackWanted) throws IntakeStoppedException;

        /**
         * Blocks until everything flushed so far is durable: only then may an ack be sent.
         *
         * @throws IntakeStoppedException when that will not happen any more: send no ack
         */
        void awaitDurable() throws IntakeStoppedException;

        /** Gives back all memory; what was taken and not flushed is forgotten. Never blocks. */
        @Override
        void close();
    }
}
