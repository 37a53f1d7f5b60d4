package logstream.pipeline;

import java.util.Locale;

/** The kinds of secrets that the agent knows; {@link SecretScan} says what they look like. */
public enum Preset {
    AWS_KEYS(0),
    TOKENS(1),
    CARD_NUMBERS(2),
    PASSWORDS(3),
    PRIVATE_KEYS(4);

    private final int place;

    Preset(int place) {
        this.place = place;
    }

    /** As it is called in the configuration and on the metrics page. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its place among the rules, from 0 on. */
    int place() {
        return place;
    }

    /** Its bit in a set of presets. */
    int bit() {
        return 1 << place;
    }
}
