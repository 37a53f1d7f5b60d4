package logstream.forward;

/**
 * What the option map of a message says: whether an ack is wanted, and under which token; whether the message carries logs.
 * Used again for each message of a connection.
 *
 * <p>Threading: confined to the thread of the connection.
 */
final class MessageOption {
    /** What is said of logs, and, by most senders, of nothing. */
    static final long LOGS = 0;

    private byte[] token = {};
    private int tokenLength;
    private long signal;

    /** Nothing is said: no ack, logs. */
    void none() {
        tokenLength = 0;
        signal = LOGS;
    }

    /** An ack is wanted under this token, as its bytes stand in the message; not if there are none. */
    void token(byte[] from, int at, int length) {
        if (token.length < length) {
            token = new byte[length];
        }
        System.arraycopy(from, at, token, 0, length);
        tokenLength = length;
    }

    void signal(long said) {
        signal = said;
    }

    /** The token, in an array that is used again for the next. */
    byte[] token() {
        return token;
    }

    /** How many bytes of {@link #token} count; 0 when no ack is wanted. */
    int tokenLength() {
        return tokenLength;
    }

    /** What the message carries: {@link #LOGS}, or something that is no log line. */
    long signal() {
        return signal;
    }
}
