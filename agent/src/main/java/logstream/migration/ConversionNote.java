package logstream.migration;

/**
 * A line of a fluentd configuration that was not carried over as it stands.
 *
 * @param line from 1; 0 when it is about what is not there
 * @param what the line, in short; never a secret
 * @param why a sentence
 * @param todo what to do, a sentence; empty when there is nothing to do
 */
public record ConversionNote(int line, String what, String why, String todo) {
    @Override
    public String toString() {
        return (line == 0 ? "" : "line " + line + ": ") + what + ": " + why + (todo.isEmpty() ? "" : " " + todo);
    }
}
