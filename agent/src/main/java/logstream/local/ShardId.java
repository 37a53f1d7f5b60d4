package logstream.local;

import java.util.Locale;
import java.util.OptionalInt;

/** The names of shards: {@code shardId-} and the shard's number in twelve digits. */
final class ShardId {
    private static final String PREFIX = "shardId-";
    private static final int DIGITS = 12;

    private ShardId() {}

    static String of(int number) {
        return String.format(Locale.ROOT, "%s%0" + DIGITS + "d", PREFIX, number);
    }

    /** Empty if this is no name of a shard. Numbers alone are taken, too, as the service does. */
    static OptionalInt number(String id) {
        String digits = id.startsWith(PREFIX) ? id.substring(PREFIX.length()) : id;
        // Ten digits may be too many for an int, nine never are; no stream has so many shards.
        if (!digits.matches("0{0,20}\\d{1,9}")) {
            return OptionalInt.empty();
        }
        return OptionalInt.of(Integer.parseInt(digits));
    }

    /** The shard of this name in a stream. */
    static Shard find(LocalStream stream, String id) throws ServiceError {
        OptionalInt number = number(id);
        if (number.isEmpty() || number.getAsInt() >= stream.shards().size()) {
            throw ServiceError.notFound("Could not find shard " + id + " in stream " + stream.name() + " under account "
                    + Streams.ACCOUNT + ".");
        }
        return stream.shards().get(number.getAsInt());
    }
}
