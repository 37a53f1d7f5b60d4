package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import logstream.Symptom;
import logstream.engines.AgentProcess;
import logstream.engines.Program;
import logstream.engines.Program.Finished;
import logstream.local.LocalKinesis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The first minutes of a new user: the three commands without an account, and what is said when something is wrong. */
class FirstRunIT {
    private static final Pattern ENDPOINT = Pattern.compile("--endpoint-url (http://127\\.0\\.0\\.1:\\d+)");
    private static final byte[] NOTHING = new byte[0];

    @RegisterExtension
    static final Program PROGRAM = new Program();

    @Test
    void whatIsSentCanBeTailed(@TempDir Path folder) {
        AgentProcess agent = PROGRAM.start(local(folder, 0, 0));
        String address = "127.0.0.1:" + agent.forwardPort();
        await("the text that tells what to try")
                .atMost(Duration.ofSeconds(10))
                .until(() -> agent.output().contains("docker run")
                        && ENDPOINT.matcher(agent.output()).find());
        assertThat(agent.output()).contains("fluentd-address=" + address);

        byte[] lines = "first line\n\ngr\u00fcn, third\n".getBytes(StandardCharsets.UTF_8);
        Finished sent = PROGRAM.command(lines, "send", "--address", address, "--container-name", "hello");
        assertThat(sent.exitCode()).as(sent.toString()).isZero();
        Accounting.awaitBalance(agent);

        Matcher endpoint = ENDPOINT.matcher(agent.output());
        assertThat(endpoint.find()).isTrue();
        Finished tailed = PROGRAM.command(NOTHING, "tail", "--no-follow", "--endpoint-url", endpoint.group(1));
        assertThat(tailed.exitCode()).as(tailed.toString()).isZero();
        String time = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ";
        assertThat(tailed.output())
                .matches(time + " hello stdout \\| first line\n" + time + " hello stdout \\| \n" + time
                        + " hello stdout \\| gr\u00fcn, third\n");
        assertThat(agent.terminate()).as("exit code").isZero();
    }

    @Test
    @Symptom("The agent does not start: a port is taken")
    void aTakenPortIsOneSentence(@TempDir Path folder) throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Finished forward = PROGRAM.command(NOTHING, local(folder, 0, other.getLocalPort()));
            assertThat(oneSentence(forward, 1)).contains("127.0.0.1:" + other.getLocalPort());
            Finished endpoint = PROGRAM.command(NOTHING, local(folder, other.getLocalPort(), 0));
            assertThat(oneSentence(endpoint, 1))
                    .contains(Integer.toString(other.getLocalPort()))
                    .contains("--local-port");
        }
    }

    @Test
    @Symptom("The agent does not start: the buffer is in use")
    void aBufferInUseIsOneSentence(@TempDir Path folder) {
        AgentProcess first = PROGRAM.start(local(folder, 0, 0));
        first.forwardPort();
        Finished second = PROGRAM.command(NOTHING, local(folder, 0, 0));
        assertThat(oneSentence(second, 1)).contains(folder.toString());
        assertThat(first.isAlive()).isTrue();
    }

    @Test
    @Symptom("The agent does not start: the configuration is wrong")
    void aWrongConfigurationIsToldAsAWhole(@TempDir Path folder) throws IOException {
        Path config = Files.writeString(folder.resolve("wrong.yaml"), """
                forward:
                  lisen: tcp://127.0.0.1
                kinesis:
                  stream: logs
                  max_batch_records: 501
                """);
        Finished run = PROGRAM.command(NOTHING, "run", "--config", config.toString());
        assertThat(run.exitCode()).as(run.toString()).isEqualTo(2);
        assertThat(run.errors())
                .contains("lisen", "2")
                .contains("max_batch_records", "5", "501", "500")
                .doesNotContain("\tat ");
    }

    @Test
    @Symptom("The log says `the stream is not ready`")
    void aMissingStreamIsSaidAndWaitedFor(@TempDir Path folder) throws IOException {
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            AgentProcess agent = PROGRAM.runWith(folder, Yaml.of(folder, kinesis.endpoint()));
            Finished sent = PROGRAM.command(
                    "early\n".getBytes(StandardCharsets.UTF_8),
                    "send",
                    "--address",
                    "127.0.0.1:" + agent.forwardPort(),
                    "--tag",
                    "grid.early");
            assertThat(sent.exitCode())
                    .as("intake before there is a stream: " + sent)
                    .isZero();
            await("the sentence about the stream")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> agent.output()
                            .lines()
                            .anyMatch(line -> line.contains("stream") && line.contains(Yaml.STREAM)));
            Finished tailed = PROGRAM.command(
                    NOTHING,
                    "tail",
                    Yaml.STREAM,
                    "--no-follow",
                    "--endpoint-url",
                    kinesis.endpoint().toString());
            assertThat(oneSentence(tailed, 1)).contains(Yaml.STREAM);

            kinesis.createStream(Yaml.STREAM, 1);
            try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM)) {
                await("the line that came too early")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> records.all().size() == 1);
                assertThat(records.all().getFirst().json().path("log").asText()).isEqualTo("early");
            }
            assertThat(agent.terminate()).as("exit code").isZero();
        }
    }

    private static String[] local(Path folder, int localPort, int forwardPort) {
        return new String[] {
            "run",
            "--local",
            "--local-port",
            Integer.toString(localPort),
            "--forward-port",
            Integer.toString(forwardPort),
            "--monitor-port",
            "0",
            "--buffer",
            folder.resolve("buffer").toString()
        };
    }

    /** The one line that is meant for the user, after checking that it is one and that no stack is shown. */
    private static String oneSentence(Finished finished, int exitCode) {
        assertThat(finished.exitCode()).as(finished.toString()).isEqualTo(exitCode);
        List<String> sentences = finished.errors()
                .lines()
                .filter(line -> line.startsWith("logstream: "))
                .toList();
        assertThat(sentences).as(finished.toString()).hasSize(1);
        assertThat(finished.errors()).doesNotContain("\tat ");
        return sentences.getFirst();
    }
}
