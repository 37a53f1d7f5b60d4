package logstream.forward;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads the option of a message, of which the ack token and the signal matter: the rest are hints, or somebody else's.
 *
 * <p>Format: nil, or a map in which the key {@code chunk} has the token, and {@code fluent_signal} (Fluent Bit) 0 for
 * logs or another number for what is none. A token is kept as msgpack, so that the answer has the same bytes and the same
 * type.
 *
 * <p>Threading: confined to the thread of the connection.
 */
final class OptionDecoder {
    private static final byte[] CHUNK = "chunk".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SIGNAL = "fluent_signal".getBytes(StandardCharsets.US_ASCII);

    /** What is said of logs, and, by most senders, of nothing. */
    static final long LOGS = 0;

    /** The longest integer in msgpack. */
    private static final int INTEGER_BYTES = 9;

    private final WireReader reader;
    private final ValueWalker walker;
    private final Faults faults;
    private final String peer;
    private final MsgpackCursor cursor = new MsgpackCursor();
    private byte[] token = new byte[0];
    private int tokenLength;
    private long signal;

    OptionDecoder(WireReader reader, ValueWalker walker, Faults faults, String peer) {
        this.reader = reader;
        this.walker = walker;
        this.faults = faults;
        this.peer = peer;
    }

    /** The token last read, in an array that is used again for the next. */
    byte[] token() {
        return token;
    }

    /** How many bytes of {@link #token} count; 0 when the message asks for no answer. */
    int tokenLength() {
        return tokenLength;
    }

    /** What the message carries: {@link #LOGS}, or something that is no log line. */
    long signal() {
        return signal;
    }

    /** The message at hand has no option. */
    void none() {
        tokenLength = 0;
        signal = LOGS;
    }

    /**
     * Consumes the option.
     *
     * @return false when the bytes are not msgpack
     */
    boolean decode() throws IOException, IntakeStoppedException, UnreadableException {
        none();
        reader.ensure(1);
        if (!MsgpackHeader.isMap(reader.peek())) {
            return walker.skip(1, ValueWalker.UNBOUNDED);
        }
        boolean readable = true;
        for (long left = walker.readCount(); readable && left > 0; left--) {
            if (isNext(CHUNK)) {
                readable = walker.skip(1, ValueWalker.UNBOUNDED) && readToken();
            } else if (isNext(SIGNAL)) {
                readable = walker.skip(1, ValueWalker.UNBOUNDED) && readSignal();
            } else {
                readable = walker.skip(2, ValueWalker.UNBOUNDED);
            }
        }
        return readable;
    }

    private boolean isNext(byte[] key) throws IOException, IntakeStoppedException {
        reader.ensure(1);
        int first = reader.peek();
        if (!MsgpackHeader.isString(first)) {
            return false;
        }
        int header = MsgpackHeader.length(first);
        reader.ensure(header);
        if (MsgpackHeader.bodyLength(reader.bytes(), reader.position(), first) != key.length) {
            return false;
        }
        reader.ensure(header + key.length);
        int from = reader.position() + header;
        return Arrays.equals(reader.bytes(), from, from + key.length, key, 0, key.length);
    }

    private boolean readToken() throws IOException, IntakeStoppedException, UnreadableException {
        return switch (walker.walk(1, ForwardLimits.ACK_TOKEN_BYTES, ValueWalker.UNBOUNDED)) {
            case WHOLE -> {
                keepToken(walker.length());
                yield true;
            }
            case TOO_LARGE, LONG_STRING, TOO_DEEP -> {
                boolean readable = walker.skip(1, ValueWalker.UNBOUNDED);
                faults.longToken(peer);
                yield readable;
            }
            case BROKEN -> false;
        };
    }

    /** nil is no token: nobody waits for an answer. */
    private void keepToken(int length) {
        tokenLength = reader.peek() == MsgpackHeader.NIL ? 0 : length;
        if (token.length < length) {
            token = new byte[length];
        }
        System.arraycopy(reader.bytes(), reader.position(), token, 0, length);
        reader.advance(length);
    }

    /** A signal that is no number says nothing. */
    private boolean readSignal() throws IOException, IntakeStoppedException {
        if (walker.walk(1, INTEGER_BYTES, ValueWalker.UNBOUNDED) == ValueWalker.Outcome.WHOLE) {
            cursor.at(reader.bytes(), reader.position());
            signal = cursor.type() == MsgpackCursor.Type.INTEGER ? cursor.readLong() : LOGS;
        }
        return walker.skip(1, ValueWalker.UNBOUNDED);
    }
}
