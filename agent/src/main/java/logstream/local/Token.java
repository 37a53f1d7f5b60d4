package logstream.local;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A place in the service that a client keeps for us, opaque to it: a shard iterator, or the next page of a list. It holds
 * everything, so that none has to be remembered here. Garbled text is no token.
 *
 * <pre>
 * offset  width
 *      0      8  issued
 *      8      8  incarnation
 *     16      4  shard
 *     20      8  position
 *     28         kind, slash, name of the stream, in UTF-8
 *            4  CRC-32C of all before
 * </pre>
 *
 * The whole is in base64: for names of at most 128 characters less than the 512 that the service's clients take.
 *
 * @param kind {@link #ITERATOR}, or the filter of a page of shards
 * @param issued milliseconds since 1970
 * @param incarnation which stream of this name
 * @param shard the shard of an iterator, the first shard of a page
 * @param position ordinal of the next record, or the number that a page's filter needs
 */
record Token(String kind, long issued, long incarnation, int shard, long position, String stream) {
    static final String ITERATOR = "ITERATOR";
    /** Iterators and pages are good for five minutes. */
    static final long LIFETIME_MILLIS = 300_000;

    private static final int FIXED_BYTES = 8 + 8 + 4 + 8;
    private static final int CRC_BYTES = 4;

    boolean isExpired(long now) {
        return now - issued > LIFETIME_MILLIS;
    }

    String text() {
        byte[] names = (kind + '/' + stream).getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(FIXED_BYTES + names.length + CRC_BYTES)
                .putLong(issued)
                .putLong(incarnation)
                .putInt(shard)
                .putLong(position)
                .put(names);
        bytes.putInt(crc(bytes.array()));
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    static Optional<Token> parse(String text) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        int nameBytes = bytes.length - FIXED_BYTES - CRC_BYTES;
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (nameBytes < 0 || in.getInt(bytes.length - CRC_BYTES) != crc(bytes)) {
            return Optional.empty();
        }
        String names = new String(bytes, FIXED_BYTES, nameBytes, StandardCharsets.UTF_8);
        int slash = names.indexOf('/');
        return slash < 0
                ? Optional.empty()
                : Optional.of(new Token(
                        names.substring(0, slash),
                        in.getLong(),
                        in.getLong(),
                        in.getInt(),
                        in.getLong(),
                        names.substring(slash + 1)));
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, bytes.length - CRC_BYTES);
        return (int) crc.getValue();
    }
}
