package logstream.config;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import logstream.pipeline.AddedFieldsConfig;

/**
 * The settings of the section {@code record} that name fields which the agent adds.
 *
 * <p>Threading: immutable.
 */
final class AddedFieldSettings {
    private static final String GIVES_WAY = "; a sender's own field of that name gives way.";

    static final Setting<List<AddedFieldsConfig.Field>> FIELDS = Setting.of(
                    "record.fields",
                    new FixedFieldsType(),
                    AddedFieldsConfig.NONE.fixed(),
                    "Fields that every record gets alike" + GIVES_WAY)
            .takenOver();
    static final Setting<String> HOST_KEY = key("record.host_key", "Field that gets the name of this host" + GIVES_WAY);
    static final Setting<String> INSTANCE_ID_KEY = key(
            "record.instance_id_key",
            "Field that gets the id of the EC2 instance, as soon as its metadata service (IMDSv2) has told it"
                    + GIVES_WAY);
    static final Setting<String> REGION_KEY =
            key("record.region_key", "Field that gets the region of the EC2 instance, likewise" + GIVES_WAY);
    static final Setting<String> SOURCE_ADDRESS_KEY =
            key("record.source_address_key", "Field that gets the sender's IP address" + GIVES_WAY);

    static final List<Setting<String>> KEYS = List.of(HOST_KEY, INSTANCE_ID_KEY, REGION_KEY, SOURCE_ADDRESS_KEY);

    private AddedFieldSettings() {}

    private static Setting<String> key(String key, String sentence) {
        return Setting.unset(
                        key,
                        Types.text("a name of " + FixedFieldsType.NAME_ALLOWED, FixedFieldsType.NAME_PATTERN),
                        sentence)
                .takenOver();
    }

    static AddedFieldsConfig read(Binder binder) {
        return new AddedFieldsConfig(
                binder.value(FIELDS),
                Optional.ofNullable(binder.valueOrNull(HOST_KEY)),
                Optional.ofNullable(binder.valueOrNull(INSTANCE_ID_KEY)),
                Optional.ofNullable(binder.valueOrNull(REGION_KEY)),
                Optional.ofNullable(binder.valueOrNull(SOURCE_ADDRESS_KEY)));
    }

    /** A record has no two fields of the same name. */
    static void findConflicts(Binder binder) {
        Set<String> names = new HashSet<>();
        binder.value(FIELDS).forEach(field -> names.add(field.name()));
        for (Setting<String> key : KEYS) {
            if (binder.given(key) && !names.add(binder.value(key))) {
                binder.conflict(
                        key,
                        key.key() + " is " + binder.value(key)
                                + ", and another field that the agent adds has that name: choose another");
            }
        }
    }
}
