package logstream.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Ports given as options. */
final class Ports {
    private Ports() {}

    /** Refuses what is no port; 0 stands for a free one. */
    static void check(CommandLine commandLine, String option, @Nullable Integer port) {
        if (port != null && (port < 0 || port > 65_535)) {
            throw new ParameterException(commandLine, option + " " + port + " is not in 0 to 65535");
        }
    }

    static int orElse(@Nullable Integer port, int otherwise) {
        return port == null ? otherwise : port;
    }
}
