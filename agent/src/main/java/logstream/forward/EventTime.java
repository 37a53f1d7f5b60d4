package logstream.forward;

import java.time.Instant;
import java.time.InstantSource;

/**
 * Reads the time of an event.
 *
 * <p>Format: Unix seconds as an integer of any width, or as a float with their fraction; or EventTime, extension type 0 of
 * 8 bytes: seconds, then nanoseconds, both unsigned 32 bits, big-endian. Seconds 0 mean now. Anything else is no time:
 * nil, what is before 1970 or after the year 9999, and msgpack's own timestamp (extension type -1), which fluentd does not
 * take either.
 *
 * <p>Threading: confined to the thread of the connection.
 */
final class EventTime {
    private static final int EXTENSION_TYPE = 0;
    private static final int EXTENSION_BYTES = 8;
    private static final int NANOS_PER_SECOND = 1_000_000_000;

    /** From here on EventTime's seconds are Fluent Bit's marks: -2 ends a group of events, -1 begins one. */
    private static final long FIRST_MARK = 0xffff_fffeL;

    private final InstantSource clock;
    private long seconds;
    private int nanos;
    private boolean groupMark;

    EventTime(InstantSource clock) {
        this.clock = clock;
    }

    /** Reads the value at the cursor; false when it is no time. Then the cursor stands anywhere inside it. */
    boolean read(MsgpackCursor cursor) {
        groupMark = false;
        boolean valid = switch (cursor.type()) {
            case INTEGER -> readInteger(cursor);
            case FLOAT -> readFloat(cursor);
            case EXTENSION -> readExtension(cursor);
            case NIL, BOOLEAN, STRING, BINARY, ARRAY, MAP -> false;
        };
        if (valid && seconds == 0) {
            Instant now = clock.instant();
            seconds = now.getEpochSecond();
            nanos = now.getNano();
        }
        return valid;
    }

    /** Unix seconds of the time last read. */
    long seconds() {
        return seconds;
    }

    /** Nanoseconds within the second, 0 to 999,999,999. */
    int nanos() {
        return nanos;
    }

    /** Whether the time last read is none, but says that a group of events begins or ends. */
    boolean isGroupMark() {
        return groupMark;
    }

    /** A uint64 beyond the range of a long reads as negative and is refused with the negative ones. */
    private boolean readInteger(MsgpackCursor cursor) {
        seconds = cursor.readLong();
        nanos = 0;
        return seconds >= 0 && seconds <= ForwardLimits.LATEST_SECONDS;
    }

    /** A double holds today's seconds to the quarter of a microsecond. NaN is refused by the comparison. */
    private boolean readFloat(MsgpackCursor cursor) {
        double time = cursor.readDouble();
        if (!(time >= 0 && time < ForwardLimits.LATEST_SECONDS + 1)) {
            return false;
        }
        seconds = (long) time;
        nanos = (int) ((time - seconds) * NANOS_PER_SECOND);
        return true;
    }

    private boolean readExtension(MsgpackCursor cursor) {
        int length = cursor.readExtensionHeader();
        if (length != EXTENSION_BYTES || cursor.extensionType() != EXTENSION_TYPE) {
            return false;
        }
        byte[] bytes = cursor.bytes();
        int at = cursor.position();
        seconds = unsignedInt(bytes, at);
        long wireNanos = unsignedInt(bytes, at + 4);
        cursor.advance(length);
        nanos = (int) wireNanos;
        groupMark = seconds >= FIRST_MARK && nanos == 0;
        return wireNanos < NANOS_PER_SECOND;
    }

    private static long unsignedInt(byte[] bytes, int at) {
        return (bytes[at] & 0xffL) << 24
                | (bytes[at + 1] & 0xff) << 16
                | (bytes[at + 2] & 0xff) << 8
                | (bytes[at + 3] & 0xff);
    }
}
