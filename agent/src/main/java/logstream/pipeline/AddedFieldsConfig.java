package logstream.pipeline;

import java.util.List;
import java.util.Optional;

/**
 * Fields that every record gets from the agent besides {@code time} and {@code tag}. No two have the same name; names are
 * ASCII that needs no escapes in JSON.
 *
 * @param fixed fields that are the same in all records
 * @param hostKey name of the field that gets the name of this host; empty: no such field, as for the others
 * @param instanceIdKey name of the field that gets the id of the EC2 instance
 * @param regionKey name of the field that gets the region of the EC2 instance
 * @param sourceAddressKey name of the field that gets the sender's address
 */
public record AddedFieldsConfig(
        List<Field> fixed,
        Optional<String> hostKey,
        Optional<String> instanceIdKey,
        Optional<String> regionKey,
        Optional<String> sourceAddressKey) {
    public static final AddedFieldsConfig NONE =
            new AddedFieldsConfig(List.of(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /** A field and its text. */
    public record Field(String name, String text) {}

    public AddedFieldsConfig withSourceAddressKey(String name) {
        return new AddedFieldsConfig(fixed, hostKey, instanceIdKey, regionKey, Optional.of(name));
    }

    /** Whether the instance must be known. */
    public boolean needsInstance() {
        return instanceIdKey.isPresent() || regionKey.isPresent();
    }
}
