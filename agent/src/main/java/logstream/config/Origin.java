package logstream.config;

import java.util.ArrayList;
import java.util.List;

/**
 * Where the value of a setting comes from.
 *
 * <p>Threading: immutable.
 *
 * @param line of the configuration file, from 1; 0 when the file does not give it: then it is the default
 * @param sources what the file's text refers to: environment variables, files of secrets
 */
public record Origin(int line, List<String> sources) {
    static final Origin DEFAULT = new Origin(0, List.of());

    boolean isDefault() {
        return line == 0;
    }

    /** As it is shown: {@code default}, {@code line 4}, {@code line 4, environment variable REGION}. */
    @Override
    public String toString() {
        if (isDefault()) {
            return "default";
        }
        List<String> parts = new ArrayList<>(List.of("line " + line));
        parts.addAll(sources);
        return String.join(", ", parts);
    }
}
