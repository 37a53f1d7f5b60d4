package logstream.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import logstream.engines.Engines;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The units, as systemd itself reads them. What they start need not be installed. */
class SystemdUnitTest {
    private static final Path UNITS = Tool.ROOT.resolve("deploy/systemd");
    private static final Pattern SCORE = Pattern.compile("Overall exposure level for (\\S+): (\\d+\\.\\d)");
    private static final List<String> NAMES =
            List.of("logstream.socket", "logstream.service", "logstream-container.service");

    @TempDir
    private Path folder;

    @BeforeEach
    void layOut() throws IOException {
        Engines.require(
                Tool.exists("systemd-analyze", "--version"), "systemd-analyze (Debian: apt-get install systemd)");
        for (String name : NAMES) {
            String unit = Files.readString(UNITS.resolve(name))
                    .replace("/opt/logstream/bin/logstream-agent", "/bin/true")
                    .replace("/usr/bin/docker", "/bin/true");
            Files.writeString(folder.resolve(name), unit);
        }
        Files.writeString(folder.resolve("docker.service"), "[Service]\nExecStart=/bin/true\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"logstream.socket", "logstream.service", "logstream-container.service"})
    void systemdFindsNothingWrong(String unit) {
        // The colon at the end: and the system's own units.
        Tool verify = Tool.run(
                Map.of("SYSTEMD_UNIT_PATH", folder + ":"),
                "systemd-analyze",
                "verify",
                folder.resolve(unit).toString());
        assertThat(verify.output()).isEmpty();
        assertThat(verify.exitCode()).isZero();
    }

    @Test
    void theirScoresAreAsThePageSays() throws IOException {
        String page = Files.readString(UNITS.resolve("README.md"));
        for (String unit : List.of("logstream.service", "logstream-container.service")) {
            String said = Tool.run(
                            Map.of(),
                            "systemd-analyze",
                            "security",
                            "--offline=true",
                            "--no-pager",
                            folder.resolve(unit).toString())
                    .output();
            Matcher score = SCORE.matcher(said);
            assertThat(score.find()).as(said).isTrue();
            assertThat(page).contains("`" + unit + "` " + score.group(2));
        }
    }

    /** Docker starts its containers while it starts itself. */
    @Test
    void theAgentIsThereBeforeDocker() throws IOException {
        for (String unit : List.of("logstream.socket", "logstream.service")) {
            assertThat(lines(unit)).contains("Before=docker.service");
        }
        assertThat(lines("logstream.service")).contains("Requires=logstream.socket", "StandardInput=socket");
    }

    @Test
    void bothAreKeptRunningWithinTheSameBounds() throws IOException {
        assertThat(lines("logstream.service"))
                .contains("Restart=always", "StartLimitIntervalSec=0", "MemoryMax=160M", "LimitNOFILE=65536");
        assertThat(lines("logstream-container.service")).contains("Restart=always", "StartLimitIntervalSec=0");
        assertThat(Files.readString(UNITS.resolve("logstream-container.service")))
                .contains(
                        "--memory 160m",
                        "--memory-swap 160m",
                        "--ulimit nofile=65536:65536",
                        "--read-only",
                        "--cap-drop ALL");
    }

    private static List<String> lines(String unit) throws IOException {
        try (Stream<String> lines = Files.lines(UNITS.resolve(unit))) {
            return lines.toList();
        }
    }
}
