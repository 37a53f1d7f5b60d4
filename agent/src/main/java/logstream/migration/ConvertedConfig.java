package logstream.migration;

import java.util.List;

/**
 * What became of a fluentd configuration.
 *
 * @param yaml ours, with comments that tell where each value is from, and the notes at its end
 * @param notes in the order of the lines
 */
public record ConvertedConfig(String yaml, List<ConversionNote> notes) {
    /** Whether somebody has to decide something before the configuration means the same. */
    public boolean needsWork() {
        return notes.stream().anyMatch(note -> !note.todo().isEmpty());
    }
}
