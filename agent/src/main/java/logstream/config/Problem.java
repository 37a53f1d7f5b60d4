package logstream.config;

import java.util.Comparator;

/**
 * One thing that is wrong with a configuration file.
 *
 * @param line from 1; 0 when the problem has no place in the file
 * @param column from 1; 0 when the problem has no place in the file
 * @param sentence key path, wrong value, what is allowed
 */
public record Problem(int line, int column, String sentence) {
    static final Comparator<Problem> BY_PLACE =
            Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column);

    @Override
    public String toString() {
        return line == 0 ? sentence : "line " + line + ", column " + column + ": " + sentence;
    }
}
