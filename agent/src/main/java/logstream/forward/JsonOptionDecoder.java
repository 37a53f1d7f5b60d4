package logstream.forward;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Reads the option of a message in JSON: what {@link OptionDecoder} does for msgpack.
 *
 * <p>Format: null, or an object in which the key {@code chunk} has the token, and {@code fluent_signal} what the message
 * carries. A token is kept as its JSON text, so that the answer has the same bytes.
 *
 * <p>Threading: confined to the thread of the connection.
 */
final class JsonOptionDecoder {
    private static final byte[] CHUNK = "\"chunk\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SIGNAL = "\"fluent_signal\"".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    /** One more than the digits of the largest integer, with its sign. */
    private static final int MOST_DIGITS = 21;

    private final WireReader reader;
    private final JsonScanner scanner;
    private final Faults faults;
    private final String peer;
    private byte[] token = {};
    private int tokenLength;
    private long signal;

    JsonOptionDecoder(WireReader reader, JsonScanner scanner, Faults faults, String peer) {
        this.reader = reader;
        this.scanner = scanner;
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

    /** What the message carries: {@link OptionDecoder#LOGS}, or something that is no log line. */
    long signal() {
        return signal;
    }

    /** The message at hand has no option. */
    void none() {
        tokenLength = 0;
        signal = OptionDecoder.LOGS;
    }

    /** Consumes the option at hand. */
    void decode() throws IOException, IntakeStoppedException, UnreadableException {
        none();
        if (reader.peek() != '{') {
            scanner.skip();
            return;
        }
        reader.advance(1);
        if (scanner.skipSpace() == '}') {
            reader.advance(1);
            return;
        }
        do {
            pair();
        } while (scanner.another('}'));
    }

    private void pair() throws IOException, IntakeStoppedException, UnreadableException {
        JsonScanner.require(scanner.skipSpace() == '"');
        boolean isChunk = scanner.isNext(CHUNK);
        boolean isSignal = scanner.isNext(SIGNAL);
        scanner.skip();
        scanner.pass(':');
        if (isChunk) {
            readToken();
        } else if (isSignal) {
            readSignal();
        }
        scanner.skip();
    }

    /** null is no token: nobody waits for an answer. */
    private void readToken() throws IOException, IntakeStoppedException, UnreadableException {
        switch (scanner.find(ForwardLimits.ACK_TOKEN_BYTES, ForwardLimits.ACK_TOKEN_BYTES)) {
            case WHOLE -> {
                int length = scanner.length();
                token = new byte[length];
                System.arraycopy(reader.bytes(), reader.position(), token, 0, length);
                tokenLength = scanner.isNext(NULL) ? 0 : length;
            }
            case TOO_LARGE, TOO_DEEP -> faults.longToken(peer);
            case BROKEN -> {}
        }
    }

    /** A signal that is no number says nothing. */
    private void readSignal() throws IOException, IntakeStoppedException {
        signal = OptionDecoder.LOGS;
        if (scanner.find(MOST_DIGITS, 0) == JsonScanner.Outcome.WHOLE) {
            String digits =
                    new String(reader.bytes(), reader.position(), scanner.length(), StandardCharsets.ISO_8859_1);
            try {
                signal = Long.parseLong(digits);
            } catch (NumberFormatException e) {
                signal = OptionDecoder.LOGS;
            }
        }
    }
}
