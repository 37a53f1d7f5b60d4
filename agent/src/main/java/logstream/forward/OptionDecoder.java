package logstream.forward;

import java.io.IOException;
import java.util.Arrays;
import logstream.metrics.Metrics.MalformedCause;

/**
 * Reads the option of a message, of which only the ack token matters: the rest are hints, or somebody else's.
 *
 * <p>Format: nil, or a map in which the key {@code chunk} has the token. A token is kept as msgpack, so that the answer
 * has the same bytes and the same type.
 *
 * <p>Threading: confined to the thread of the connection.
 */
final class OptionDecoder {
    private static final byte[] CHUNK = {'c', 'h', 'u', 'n', 'k'};

    private final WireReader reader;
    private final ValueWalker walker;
    private final Faults faults;
    private final String peer;
    private byte[] token = new byte[0];
    private int tokenLength;

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

    /** The message at hand has no option. */
    void none() {
        tokenLength = 0;
    }

    /**
     * Consumes the option.
     *
     * @return false when the bytes are not msgpack
     */
    boolean decode() throws IOException, IntakeStoppedException, UnreadableException {
        tokenLength = 0;
        reader.ensure(1);
        if (!MsgpackHeader.isMap(reader.peek())) {
            return walker.skip(1, ValueWalker.UNBOUNDED);
        }
        for (long left = walker.readCount(); left > 0; left--) {
            boolean readable = isChunkNext()
                    ? walker.skip(1, ValueWalker.UNBOUNDED) && readToken()
                    : walker.skip(2, ValueWalker.UNBOUNDED);
            if (!readable) {
                return false;
            }
        }
        return true;
    }

    private boolean isChunkNext() throws IOException, IntakeStoppedException {
        reader.ensure(1);
        int first = reader.peek();
        if (!MsgpackHeader.isString(first)) {
            return false;
        }
        int header = MsgpackHeader.length(first);
        reader.ensure(header);
        if (MsgpackHeader.bodyLength(reader.bytes(), reader.position(), first) != CHUNK.length) {
            return false;
        }
        reader.ensure(header + CHUNK.length);
        int from = reader.position() + header;
        return Arrays.equals(reader.bytes(), from, from + CHUNK.length, CHUNK, 0, CHUNK.length);
    }

    private boolean readToken() throws IOException, IntakeStoppedException, UnreadableException {
        return switch (walker.walk(1, ForwardLimits.ACK_TOKEN_BYTES, ValueWalker.UNBOUNDED)) {
            case WHOLE -> {
                keepToken(walker.length());
                yield true;
            }
            case TOO_LARGE, TOO_DEEP -> {
                boolean readable = walker.skip(1, ValueWalker.UNBOUNDED);
                faults.malformed(
                        MalformedCause.OVER_LIMIT,
                        peer,
                        "an ack token of more than " + ForwardLimits.ACK_TOKEN_BYTES + " bytes, which is not answered");
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
}
