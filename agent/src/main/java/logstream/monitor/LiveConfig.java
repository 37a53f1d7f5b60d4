package logstream.monitor;

import java.util.List;

/**
 * The configuration of a running agent: what holds, and how to have its file read again.
 *
 * <p>Threading: any thread.
 */
public interface LiveConfig {
    /** The file, absolute; empty when there is none. */
    String file();

    /** Every setting as it holds now. */
    List<Shown> settings();

    /** Reads the file again: takes it over as a whole, or nothing of it. */
    Result reloadNow();

    /**
     * A setting.
     *
     * @param value as one would write it in the file; secrets are masked; empty when it is not set
     * @param origin where the value is from, for people
     */
    record Shown(String key, String value, String origin, boolean reloadable) {}

    /**
     * What became of reading the file again.
     *
     * @param done whether the file holds now
     * @param message a sentence for people
     * @param changed keys of the settings that have another value now
     * @param problems why the configuration before it stays, one sentence each
     */
    record Result(boolean done, String message, List<String> changed, List<String> problems) {}
}
