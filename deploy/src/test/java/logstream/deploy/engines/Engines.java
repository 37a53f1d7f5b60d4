package logstream.deploy.engines;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

/** The one rule for a test whose engine is missing: skipped visibly, or failed where engines are required. */
public final class Engines {
    /** Set to {@code true} where every engine is installed, so that no test is skipped unseen. */
    public static final String REQUIRED = "logstream.engines.required";

    private Engines() {}

    /** Returns if the engine is available; else ends the calling test. */
    public static void require(boolean available, String name) {
        if (available) {
            return;
        }
        if (Boolean.getBoolean(REQUIRED)) {
            fail(name + " is missing, and -D" + REQUIRED + "=true asks for it");
        }
        abort(name + " is missing: skipped (-D" + REQUIRED + "=true turns this into a failure)");
    }
}
