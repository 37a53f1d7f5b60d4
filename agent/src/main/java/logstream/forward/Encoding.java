package logstream.forward;

/**
 * In what a sender speaks. The first byte of a connection chooses it, once and for all: no message in msgpack begins like
 * a JSON array or object, since those bytes would be small integers.
 */
enum Encoding {
    /** Nothing came yet. */
    UNKNOWN,
    MSGPACK,
    JSON;

    /** What a connection that begins with this byte, 0 to 255, speaks. */
    static Encoding of(int first) {
        return first == '[' || first == '{' ? JSON : MSGPACK;
    }
}
