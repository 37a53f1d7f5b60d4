package logstream.forward;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * A shared key or a password. It can be hashed and compared, and never be read back: no log, no message and no dump of the
 * configuration shows it.
 *
 * <p>Threading: immutable.
 */
public final class Secret {
    private final byte[] bytes;

    private Secret(byte[] bytes) {
        this.bytes = bytes;
    }

    public static Secret of(byte[] bytes) {
        return new Secret(bytes.clone());
    }

    /** The text's bytes in UTF-8, as other implementations of the protocol take them. */
    public static Secret of(String text) {
        return new Secret(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Adds the secret to what is hashed. */
    void addTo(MessageDigest digest) {
        digest.update(bytes);
    }

    /** Compares in a time that does not tell how much is equal. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && MessageDigest.isEqual(bytes, secret.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "(secret)";
    }
}
