package logstream.forward;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The tag of events: bytes as they came. A connection passes the same instance as long as its tag does not change, so
 * whatever is derived from a tag can be kept beside the instance.
 *
 * <p>Threading: immutable.
 */
public final class Tag {
    private final byte[] bytes;

    public Tag(byte[] bytes, int offset, int length) {
        this.bytes = Arrays.copyOfRange(bytes, offset, offset + length);
    }

    public static Tag of(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return new Tag(utf8, 0, utf8.length);
    }

    /** The tag's own bytes, not a copy: do not write to them. */
    public byte[] bytes() {
        return bytes;
    }

    /** Whether these bytes are this tag. */
    public boolean sameAs(byte[] other, int offset, int length) {
        return Arrays.equals(bytes, 0, bytes.length, other, offset, offset + length);
    }

    /** The tag as text; bytes that are no UTF-8 become U+FFFD. */
    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
