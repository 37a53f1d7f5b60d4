package logstream.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import logstream.forward.Peer;

/**
 * The field that tells from which address a record came, where one is wanted: the same for all events of a connection. A
 * sender's own field of its name gives way, also where the peer has no address: nobody can make it up.
 *
 * <p>Threading: immutable.
 */
final class SourceField {
    /** No such field is wanted. */
    static final SourceField NONE = new SourceField("", "");

    private final byte[] quotedName;
    private final byte[] json;

    private SourceField(String quotedName, String json) {
        this.quotedName = quotedName.getBytes(StandardCharsets.US_ASCII);
        this.json = json.getBytes(StandardCharsets.US_ASCII);
    }

    /** @param name ASCII that needs no escapes in JSON */
    static SourceField of(Optional<String> name, Peer peer) {
        if (name.isEmpty()) {
            return NONE;
        }
        String quoted = '"' + name.get() + '"';
        String json =
                peer.address().map(address -> quoted + ":\"" + address + "\",").orElse("");
        return new SourceField(quoted, json);
    }

    /** The field as it stands before the next one, with a comma at its end; empty when there is none. */
    byte[] json() {
        return json;
    }

    /** Whether the key that was written from a position on, in quotes, is that of a sender's field that gives way. */
    boolean replaces(JsonWriter writer, int from) {
        return writer.isFrom(from, quotedName);
    }
}
