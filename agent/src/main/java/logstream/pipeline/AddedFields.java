package logstream.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import logstream.buffer.FrameBatch;

/**
 * The fields that all records get alike: fixed ones, the host, the instance, its region. A sender's own field of such a
 * name gives way, also while its value is not known: nobody can make it up. {@link SourceField} is what differs between
 * connections.
 *
 * <p>Threading: immutable; shared by all connections.
 */
final class AddedFields {
    /** There are none. */
    static final AddedFields NONE = new AddedFields(List.of(), new byte[0]);

    private final byte[][] quotedNames;
    private final byte[] json;

    private AddedFields(List<byte[]> quotedNames, byte[] json) {
        this.quotedNames = quotedNames.toArray(byte[][]::new);
        this.json = json;
    }

    static AddedFields of(AddedFieldsConfig config, HostFacts host) {
        Writing writing = new Writing();
        for (AddedFieldsConfig.Field field : config.fixed()) {
            writing.field(Optional.of(field.name()), Optional.of(field.text()));
        }
        writing.field(config.hostKey(), Optional.of(host.name()));
        writing.field(config.instanceIdKey(), host.instanceId());
        writing.field(config.regionKey(), host.region());
        return writing.quotedNames.isEmpty() ? NONE : writing.done();
    }

    private static final class Writing {
        private final List<byte[]> quotedNames = new ArrayList<>();
        private final FrameBatch scratch = new FrameBatch(64);
        private final JsonWriter json = new JsonWriter();
        private final int start;

        private Writing() {
            json.begin(scratch);
            start = json.position();
        }

        private void field(Optional<String> name, Optional<String> text) {
            if (name.isEmpty()) {
                return;
            }
            byte[] quoted = ('"' + name.get() + '"').getBytes(StandardCharsets.US_ASCII);
            quotedNames.add(quoted);
            if (text.isPresent()) {
                byte[] utf8 = text.get().getBytes(StandardCharsets.UTF_8);
                json.raw(quoted);
                json.raw(':');
                json.string(utf8, 0, utf8.length);
                json.raw(',');
            }
        }

        private AddedFields done() {
            return new AddedFields(quotedNames, Arrays.copyOfRange(json.bytes(), start, json.position()));
        }
    }

    /** The fields as they stand before the next one, with a comma at their end; empty when there are none. */
    byte[] json() {
        return json;
    }

    /** Whether the key that was written from a position on, in quotes, is that of a sender's field that gives way. */
    boolean replaces(JsonWriter writer, int from) {
        for (byte[] name : quotedNames) {
            if (writer.isFrom(from, name)) {
                return true;
            }
        }
        return false;
    }
}
