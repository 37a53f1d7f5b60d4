package logstream.config;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** A configuration file that cannot be used, with everything that is wrong with it. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    ConfigException(Path file, List<Problem> problems) {
        super(text(file, problems));
        this.problems = problems;
    }

    /** In the order of the file. */
    public List<Problem> problems() {
        return problems;
    }

    private static String text(Path file, List<Problem> problems) {
        String count = problems.size() == 1 ? "1 problem" : problems.size() + " problems";
        return problems.stream()
                .map(problem -> "\n  " + problem)
                .collect(Collectors.joining("", file + ": " + count, ""));
    }
}
