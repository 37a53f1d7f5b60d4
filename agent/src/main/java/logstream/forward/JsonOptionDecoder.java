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
    private final MessageOption option;

    JsonOptionDecoder(WireReader reader, JsonScanner scanner, Faults faults, String peer, MessageOption option) {
        this.reader = reader;
        this.scanner = scanner;
        this.faults = faults;
        this.peer = peer;
        this.option = option;
    }

    /** Consumes the option at hand. */
    void decode() throws IOException, IntakeStoppedException, UnreadableException {
        option.none();
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
                // Taken now: looking for null makes the scanner forget what it found.
                int length = scanner.length();
                option.token(reader.bytes(), reader.position(), scanner.isNext(NULL) ? 0 : length);
            }
            case TOO_LARGE, TOO_DEEP -> faults.longToken(peer);
            case BROKEN -> {}
        }
    }

    /** A signal that is no number says nothing. */
    private void readSignal() throws IOException, IntakeStoppedException {
        option.signal(MessageOption.LOGS);
        if (scanner.find(MOST_DIGITS, 0) == JsonScanner.Outcome.WHOLE) {
            String digits =
                    new String(reader.bytes(), reader.position(), scanner.length(), StandardCharsets.ISO_8859_1);
            try {
                option.signal(Long.parseLong(digits));
            } catch (NumberFormatException e) {
                option.signal(MessageOption.LOGS);
            }
        }
    }
}
