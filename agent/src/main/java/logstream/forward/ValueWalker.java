package logstream.forward;

import java.io.IOException;
import java.util.Arrays;

/**
 * Steps over msgpack values to find where they end, before anybody reads them: nothing is trusted that has not been
 * walked over. Steps are counted, not called, so depth costs no stack.
 *
 * <p>Invariant: no memory is taken on the word of a length or a count.
 *
 * <p>Threading: confined to the thread of the connection.
 */
final class ValueWalker {
    /** Without a bound but that of the stream. */
    static final long UNBOUNDED = Long.MAX_VALUE;

    /** How a walk ended. */
    enum Outcome {
        /** The values are all there, in one piece: {@link #length} bytes. */
        WHOLE,
        /** They are longer than was allowed. Nothing is consumed. */
        TOO_LARGE,
        /** One of them is a string, or other bytes, longer than {@link MessageBounds#stringBytes}. Nothing is consumed. */
        LONG_STRING,
        /** They are nested deeper than {@link MessageBounds#nesting}. Nothing is consumed. */
        TOO_DEEP,
        /** They are not msgpack, or end behind the bound. Nothing is consumed. */
        BROKEN
    }

    private static final int DONE = -1;
    private static final int GIVEN_UP = -2;

    private final ByteSource reader;
    private final int deepest;
    private final int longestBody;

    /** Values still to come on each open level. */
    private long[] left = new long[4];

    private int depth;
    private byte[] bytes = {};
    private int start;
    private int length;
    private int most;
    private long bound;
    private Outcome outcome = Outcome.WHOLE;

    ValueWalker(ByteSource reader, MessageBounds bounds) {
        this.reader = reader;
        deepest = bounds.nesting();
        longestBody = bounds.stringBytes();
    }

    /**
     * Walks over values at the reader's position, fetching what is missing. Consumes nothing: when the values are whole
     * they begin at the reader's position.
     *
     * @param values how many, at least 1
     * @param mostBytes longest that they may be together
     * @param byteBound bytes left in what contains them
     */
    Outcome walk(int values, int mostBytes, long byteBound) throws IOException, IntakeStoppedException {
        depth = 0;
        left[0] = values;
        length = 0;
        most = mostBytes;
        bound = byteBound;
        outcome = Outcome.WHOLE;
        while (true) {
            bytes = reader.bytes();
            start = reader.position();
            int available = (int) Math.min(reader.unread(), Math.min(most, bound));
            int needed = step(bytes, start, available);
            if (needed < 0) {
                return outcome;
            }
            reader.ensure(needed);
        }
    }

    /** How many bytes the values last walked over are. */
    int length() {
        return length;
    }

    /** The array that they lie in. */
    byte[] bytes() {
        return bytes;
    }

    /** Where they begin in it. */
    int start() {
        return start;
    }

    /**
     * Consumes values without keeping them, however long they are.
     *
     * @param values how many
     * @param byteBound bytes left in what contains them
     * @return false when they are not msgpack or end behind the bound; what was consumed until then stays so
     */
    boolean skip(long values, long byteBound) throws IOException, IntakeStoppedException {
        long bytesLeft = byteBound;
        for (long pending = values; pending > 0; pending--) {
            if (bytesLeft < 1) {
                return false;
            }
            reader.ensure(1);
            int first = reader.peek();
            int header = MsgpackHeader.length(first);
            if (header == 0 || header > bytesLeft) {
                return false;
            }
            reader.ensure(header);
            long body = MsgpackHeader.bodyLength(reader.bytes(), reader.position(), first);
            bytesLeft -= header + body;
            if (bytesLeft < 0) {
                return false;
            }
            pending += MsgpackHeader.children(reader.bytes(), reader.position(), first);
            if (pending < 0) {
                return false;
            }
            reader.skip(header + body);
        }
        return true;
    }

    /** Reads the header of the array or map at hand: how many values, or pairs, follow. */
    long readCount() throws IOException, IntakeStoppedException {
        reader.ensure(1);
        int first = reader.peek();
        int header = MsgpackHeader.length(first);
        reader.ensure(header);
        long count = MsgpackHeader.count(reader.bytes(), reader.position(), first);
        reader.advance(header);
        return count;
    }

    /** Steps as far as bytes are there. Returns how many are needed to go on, or that there is nothing more to do. */
    private int step(byte[] array, int from, int available) {
        int at = length;
        long[] levels = left;
        int level = depth;
        while (true) {
            while (levels[level] == 0) {
                if (level == 0) {
                    length = at;
                    return DONE;
                }
                level--;
            }
            if (at >= available) {
                return pause(level, at, at + 1L);
            }
            int first = array[from + at] & 0xff;
            int whole = MsgpackHeader.wholeLength(first);
            if (whole > 0) {
                if (at + whole > available) {
                    return pause(level, at, at + whole);
                }
                at += whole;
                levels[level]--;
                continue;
            }
            int header = MsgpackHeader.length(first);
            if (header == 0) {
                return giveUp(Outcome.BROKEN);
            }
            if (at + header > available) {
                return pause(level, at, at + header);
            }
            long body = MsgpackHeader.bodyLength(array, from + at, first);
            long end = at + header + body;
            if (body > longestBody) {
                return giveUp(end > bound ? Outcome.BROKEN : end > most ? Outcome.TOO_LARGE : Outcome.LONG_STRING);
            }
            if (end > available) {
                return pause(level, at, end);
            }
            levels[level]--;
            long children = MsgpackHeader.children(array, from + at, first);
            at = (int) end;
            if (level == deepest && MsgpackHeader.hasChildren(first)) {
                return giveUp(Outcome.TOO_DEEP);
            }
            if (children > 0) {
                level++;
                if (level == levels.length) {
                    left = Arrays.copyOf(levels, 2 * level);
                    levels = left;
                }
                levels[level] = children;
            }
        }
    }

    /** Checks what a value claims before a byte of it is waited for. */
    private int pause(int level, int at, long needed) {
        if (needed > bound) {
            return giveUp(Outcome.BROKEN);
        }
        if (needed > most) {
            return giveUp(Outcome.TOO_LARGE);
        }
        depth = level;
        length = at;
        return (int) needed;
    }

    private int giveUp(Outcome why) {
        outcome = why;
        return GIVEN_UP;
    }
}
