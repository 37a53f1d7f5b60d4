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

    /** The longest integer in msgpack. */
    private static final int INTEGER_BYTES = 9;

    private final WireReader reader;
    private final ValueWalker walker;
    private final Faults faults;
    private final String peer;
    private final MessageOption option;
    private final MsgpackCursor cursor = new MsgpackCursor();

    OptionDecoder(WireReader reader, ValueWalker walker, Faults faults, String peer, MessageOption option) {
        this.reader = reader;
        this.walker = walker;
        this.faults = faults;
        this.peer = peer;
        this.option = option;
    }

    /**
     * Consumes the option.
     *
     * @return false when the bytes are not msgpack
     */
    boolean decode() throws IOException, IntakeStoppedException, UnreadableException {
        option.none();
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
        option.token(reader.bytes(), reader.position(), reader.peek() == MsgpackHeader.NIL ? 0 : length);
        reader.advance(length);
    }

    /** A signal that is no number says nothing. */
    private boolean readSignal() throws IOException, IntakeStoppedException {
        if (walker.walk(1, INTEGER_BYTES, ValueWalker.UNBOUNDED) == ValueWalker.Outcome.WHOLE) {
            cursor.at(reader.bytes(), reader.position());
            option.signal(cursor.type() == MsgpackCursor.Type.INTEGER ? cursor.readLong() : MessageOption.LOGS);
        }
        return walker.skip(1, ValueWalker.UNBOUNDED);
    }
}
