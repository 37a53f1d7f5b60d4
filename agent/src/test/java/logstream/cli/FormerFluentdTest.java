package logstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A container started with the volumes of the fluentd that it takes the place of. */
class FormerFluentdTest {
    @TempDir
    private Path root;

    private Path ours = Path.of("");
    private FormerFluentd former = new FormerFluentd(Path.of(""));

    @BeforeEach
    void layOut() {
        ours = root.resolve("etc/logstream/logstream.yml");
        former = new FormerFluentd(root);
    }

    @Test
    void aHostThatNeverHadOneIsToldNothing() {
        assertThat(former.configuration(ours)).isEmpty();
        assertThat(former.unsent(ours)).isEmpty();
    }

    @Test
    void itsConfigurationIsNamedWhereOursIsMissing() throws IOException {
        Path theirs = file("etc/td-agent/td-agent.conf");

        assertThat(former.configuration(ours))
                .hasValue(theirs + " is a configuration of fluentd. Make ours out of it, then start again:\n"
                        + "  logstream convert-config " + theirs + " --output " + ours);

        file("etc/logstream/logstream.yml");
        assertThat(former.configuration(ours)).isEmpty();
    }

    @Test
    void itsChunksAreCountedUntilTheyAreImported() throws IOException {
        Path queued = file("var/log/fluent/logstream.q5286f5a4b2c10.buffer");
        Path staged = file("var/log/fluent/logstream.b5286f5a4b2c11.buffer");
        file("var/log/fluent/td-agent.log");
        Path folder = root.resolve("var/log/fluent");

        assertThat(former.unsent(ours))
                .hasValue(folder
                        + " holds 2 chunk files that a fluentd has not sent. To send them, when this agent runs:\n"
                        + "  logstream buffer import " + folder + " --config " + ours);

        for (Path chunk : new Path[] {queued, staged}) {
            Files.move(chunk, chunk.resolveSibling(chunk.getFileName() + ".imported"));
        }
        assertThat(former.unsent(ours)).isEmpty();
    }

    private Path file(String name) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(root.resolve(name).resolve("..").normalize());
        return Files.writeString(file, "x");
    }
}
