package logstream.bench.load;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How each line of the load begins, so that the sink can tell what arrived, and when it was written.
 *
 * <p>Format: {@value #LENGTH} lower-case hex digits: 4 of the connection's number, 8 of the line's sequence number on its
 * connection (from 0), 8 of the time of writing. The time is {@link System#nanoTime} in microseconds, modulo 2^32: on
 * Linux all processes share that clock (CLOCK_MONOTONIC), and it takes 71 minutes to come round.
 *
 * <p>Threading: stateless.
 */
public final class LineStamp {
    public static final int LENGTH = 20;

    /** What the digits of a connection can number. */
    public static final int MOST_CONNECTIONS = 1 << 16;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final long ONES = 0x0101010101010101L;

    private LineStamp() {}

    /** The present time as a stamp carries it. */
    public static int micros(long nanoTime) {
        return (int) (nanoTime / 1_000);
    }

    /** Microseconds from one time of a stamp to a later one. */
    public static long microsBetween(int earlier, int later) {
        return Integer.toUnsignedLong(later - earlier);
    }

    public static void write(ByteBuffer buffer, int at, int connection, int sequence, int micros) {
        buffer.putInt(at, (int) digits(connection));
        buffer.putLong(at + 4, digits(sequence));
        buffer.putLong(at + 12, digits(micros));
    }

    /** Whether a stamp begins there; false also when fewer than {@value #LENGTH} bytes are left. */
    public static boolean isAt(byte[] bytes, int at) {
        return at >= 0
                && at + LENGTH <= bytes.length
                && (int) digits(connection(bytes, at)) == (int) INT.get(bytes, at)
                && digits(sequence(bytes, at)) == (long) LONG.get(bytes, at + 4)
                && digits(micros(bytes, at)) == (long) LONG.get(bytes, at + 12);
    }

    public static int connection(byte[] bytes, int at) {
        return value(Integer.toUnsignedLong((int) INT.get(bytes, at))) & 0xffff;
    }

    public static int sequence(byte[] bytes, int at) {
        return value((long) LONG.get(bytes, at + 4));
    }

    public static int micros(byte[] bytes, int at) {
        return value((long) LONG.get(bytes, at + 12));
    }

    /** The 8 hex digits of a value, the highest in the highest byte: all at once, without a loop. */
    private static long digits(int value) {
        long spread = Integer.toUnsignedLong(value);
        spread = (spread | spread << 16) & 0x0000ffff0000ffffL;
        spread = (spread | spread << 8) & 0x00ff00ff00ff00ffL;
        spread = (spread | spread << 4) & 0x0f0f0f0f0f0f0f0fL;
        long letters = ((spread + 6 * ONES) >>> 4) & ONES;
        return spread + '0' * ONES + letters * ('a' - '0' - 10);
    }

    private static int value(long digits) {
        long spread = (digits & 0x0f0f0f0f0f0f0f0fL) + ((digits >>> 6) & ONES) * 9;
        spread = (spread | spread >>> 4) & 0x00ff00ff00ff00ffL;
        spread = (spread | spread >>> 8) & 0x0000ffff0000ffffL;
        return (int) (spread | spread >>> 16);
    }
}
