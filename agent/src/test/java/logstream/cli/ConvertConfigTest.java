package logstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import logstream.AgentConfig;
import logstream.config.ConfigFile;
import logstream.forward.ListenAddress;
import logstream.metrics.MonitorConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code convert-config} as the user sees it, and what an agent reads in what it wrote. */
class ConvertConfigTest {
    private static final Path FOLDER = Path.of("src/test/resources/logstream/migration/config");

    @TempDir
    private Path folder;

    private record Outcome(int exitCode, String out, String err) {}

    private static Outcome execute(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Logstream.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        return new Outcome(exitCode, out.toString(), err.toString());
    }

    @Test
    void theOriginalBecomesAConfigurationThatAnAgentTakes() throws Exception {
        Path made = folder.resolve("logstream.yml");
        Outcome outcome =
                execute("convert-config", FOLDER.resolve("original.conf").toString(), "--output", made.toString());

        assertThat(outcome.exitCode).isEqualTo(ExitCode.LEFT);
        assertThat(outcome.err.lines()).hasSize(1);
        AgentConfig config = ConfigFile.read(made);
        assertThat(config.forward().listen()).containsExactly(new ListenAddress.Tcp("0.0.0.0", 24224));
        assertThat(config.monitor()).isEqualTo(new MonitorConfig("0.0.0.0", 24220));
        assertThat(config.record().tags()).isEqualTo(List.of("grid.**"));
        assertThat(config.kinesis().stream()).isEqualTo("logstream-NemesisKinesisStream-1ABCDEFGHIJKL");
        assertThat(config.kinesis().region()).isEqualTo("us-east-1");
        assertThat(config.kinesis().retryLimit()).isEqualTo(17);
        assertThat(config.kinesis().retryWait()).isEqualTo(Duration.ofSeconds(1));
        assertThat(config.kinesis().packing().sharesKeys()).isFalse();
        assertThat(config.buffer().directory()).isEqualTo(Path.of("/var/log/fluent/logstream"));
        assertThat(config.buffer().chunkBytes()).isEqualTo(16 << 20);
        assertThat(config.buffer().maxChunks()).isEqualTo(128);
    }

    @Test
    void aFileOfAModernFluentdIsTakenToo() throws IOException {
        Outcome outcome = execute("convert-config", FOLDER.resolve("v1.conf").toString());
        Path made = Files.writeString(
                folder.resolve("logstream.yml"),
                outcome.out.replace("${STREAM}", "logs").replace("${WEB_PASSWORD}", "geheim"));

        assertThat(execute("check", made.toString())).isEqualTo(new Outcome(0, made + ": nothing is wrong\n", ""));
    }

    @Test
    void whatIsLeftToDecideIsOnStandardErrorAndInTheFile() {
        Outcome outcome =
                execute("convert-config", FOLDER.resolve("decisions.conf").toString());

        assertThat(outcome.exitCode).isEqualTo(ExitCode.LEFT);
        assertThat(outcome.err).contains("logstream: line 1: @include conf.d/*.conf: Other files are not read. Put");
        assertThat(outcome.out).contains("# Not carried over; please decide:\n# - line 1: @include");
    }

    @Test
    void aFileThatIsThereStays() throws IOException {
        Path there = Files.writeString(folder.resolve("logstream.yml"), "mine");
        Outcome outcome =
                execute("convert-config", FOLDER.resolve("original.conf").toString(), "-o", there.toString());

        assertThat(outcome.exitCode).isEqualTo(ExitCode.FAILED);
        assertThat(outcome.err).contains("is there already");
        assertThat(there).hasContent("mine");
    }

    @Test
    void whatIsNoConfigurationIsRefused() throws IOException {
        Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, 0, 1});

        assertThat(execute("convert-config", "/no/such/file").err).contains("does not exist");
        assertThat(execute("convert-config", binary.toString()).err).contains("is not UTF-8");
        assertThat(execute("convert-config", folder.toString()).exitCode).isEqualTo(ExitCode.USAGE);
        Outcome crossed =
                execute("convert-config", FOLDER.resolve("crossed.conf").toString());
        assertThat(crossed.exitCode).isEqualTo(ExitCode.USAGE);
        assertThat(crossed.err).contains("line 3: </match> closes nothing: <source> of line 1 is open");
        assertThat(crossed.out).isEmpty();
    }
}
