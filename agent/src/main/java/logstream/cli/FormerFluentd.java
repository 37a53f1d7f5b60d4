package logstream.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import logstream.migration.FluentdChunk;

/**
 * What the fluentd whose place this agent takes left where it kept it, also in a container that is started with the same
 * volumes: its configuration, and what it has not sent. The agent reads neither by itself; it says how to bring it over.
 *
 * @param root the file system's root
 */
record FormerFluentd(Path root) {
    private static final List<String> CONFIGURATIONS = List.of(
            "etc/td-agent/td-agent.conf",
            "etc/td-agent/fluent.conf",
            "etc/fluent/fluentd.conf",
            "etc/fluent/fluent.conf");
    private static final List<String> BUFFERS =
            List.of("var/log/fluent", "var/log/td-agent", "var/log/td-agent/buffer");

    /** What to do when there is no configuration of ours, but one of fluentd's. */
    Optional<String> configuration(Path ours) {
        if (Files.exists(ours)) {
            return Optional.empty();
        }
        return CONFIGURATIONS.stream()
                .map(root::resolve)
                .filter(Files::isRegularFile)
                .findFirst()
                .map(theirs -> theirs + " is a configuration of fluentd. Make ours out of it, then start again:\n  "
                        + Logstream.command() + " convert-config " + theirs + " --output " + ours);
    }

    /** What to do about chunk files that fluentd has not sent and that were not imported. */
    Optional<String> unsent(Path ours) {
        return BUFFERS.stream()
                .map(root::resolve)
                .flatMap(folder -> unsentIn(folder, ours).stream())
                .findFirst();
    }

    private static Optional<String> unsentIn(Path folder, Path ours) {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        String command = "\n  " + Logstream.command() + " buffer import " + folder + " --config " + ours;
        try {
            long files = FluentdChunk.list(folder).size();
            return files == 0
                    ? Optional.empty()
                    : Optional.of(folder + " holds " + Amounts.of(files, "chunk file")
                            + " that a fluentd has not sent. To send them, when this agent runs:" + command);
        } catch (IOException unreadable) {
            return Optional.of(folder + " cannot be read (" + unreadable.getMessage()
                    + "). If a fluentd kept its buffer there, allow it, and send what is left:" + command);
        }
    }
}
