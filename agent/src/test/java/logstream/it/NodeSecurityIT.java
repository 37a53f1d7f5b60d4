package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import logstream.Symptom;
import logstream.engines.AgentProcess;
import logstream.engines.Engines;
import logstream.engines.Program;
import logstream.local.LocalKinesis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A client that nobody here wrote proves its key and user with npm's {@code @fluent-org/logger}, or fails to. */
class NodeSecurityIT {
    /** System property or environment variable: a folder with {@code node_modules} in which the logger is. */
    private static final String NODE_CLIENTS = "NODE_CLIENTS";

    private static final Path SCRIPT = Path.of("src/test/resources/logstream/it/secure-client.js");
    private static final int LINES = 500;
    private static final String TAG = "grid.secure";
    private static final String SECURITY = """
            forward:
              listen: tcp://127.0.0.1:0
              security:
                shared_key: file:KEY_FILE
                self_hostname: agent.test
                users: ['web:p:w', 'other:secret']
                networks:
                  - {network: 127.0.0.0/8, users: web}
            record:
              source_address_key: client
            """;

    @RegisterExtension
    static final Program PROGRAM = new Program();

    private record Ended(int exitCode, String output) {}

    @Test
    @Symptom("A sender's connection is closed at once")
    void onlyWhoKnowsTheKeyAndIsAUserSends(@TempDir Path folder) throws Exception {
        Path modules = modules();
        Path key = Files.writeString(folder.resolve("key"), "käy of the test\n");
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 1);
            String yaml = Yaml.of(folder, kinesis.endpoint())
                    .replace("forward:\n  listen: tcp://127.0.0.1:0\n", SECURITY.replace("KEY_FILE", key.toString()));
            AgentProcess agent = PROGRAM.runWith(folder, yaml);

            assertThat(run(modules, agent, security("client.test", "key of the test", "web", "p:w")))
                    .isEqualTo(new Ended(1, "Authentication failed: shared_key mismatch"));
            assertThat(run(modules, agent, security("client.test", "käy of the test", "web", "wrong")))
                    .isEqualTo(new Ended(1, "Authentication failed: username/password mismatch"));
            assertThat(run(modules, agent, security("client.test", "käy of the test", "other", "secret")))
                    .as("a user of another network")
                    .isEqualTo(new Ended(1, "Authentication failed: username/password mismatch"));
            assertThat(agent.metrics())
                    .containsEntry("logstream_messages_malformed_total{cause=\"unauthorized\"}", 3.0)
                    .containsEntry("logstream_connections_refused_total", 0.0);
            assertThat(run(modules, agent, "null").output).contains("Server expected authentication");
            assertThat(run(modules, agent, security("client.test", "käy of the test", "web", "p:w")))
                    .isEqualTo(new Ended(0, ""));

            try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM)) {
                await("the lines")
                        .atMost(Duration.ofSeconds(30))
                        .pollInterval(Duration.ofMillis(100))
                        .until(() -> records.all().size() >= LINES);
                Accounting.awaitBalance(agent);
                assertThat(records.all())
                        .extracting(one -> one.json().path("log").asText())
                        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, LINES)
                                .mapToObj(number -> "line " + number)
                                .toList());
                assertThat(records.all())
                        .allSatisfy(one ->
                                assertThat(one.json().path("client").asText()).isEqualTo("127.0.0.1"));
            }
            assertThat(agent.terminate()).as("exit code").isZero();
            assertThat(agent.output())
                    .contains("shared_key mismatch")
                    .doesNotContain("käy of", "p:w", "wrong", "secret\"");
        }
    }

    private static String security(String hostname, String key, String user, String password) {
        return "{\"clientHostname\":\"%s\",\"sharedKey\":\"%s\",\"username\":\"%s\",\"password\":\"%s\"}"
                .formatted(hostname, key, user, password);
    }

    private static Ended run(Path modules, AgentProcess agent, String security)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        "node",
                        SCRIPT.toString(),
                        Integer.toString(agent.forwardPort()),
                        TAG,
                        Integer.toString(LINES),
                        security))
                .redirectErrorStream(true);
        builder.environment().put("NODE_PATH", modules.toString());
        Process process = builder.start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return new Ended(process.exitValue(), output.strip());
        } finally {
            process.destroyForcibly();
        }
    }

    private static Path modules() {
        Optional<Path> modules = Optional.ofNullable(System.getProperty(NODE_CLIENTS, System.getenv(NODE_CLIENTS)))
                .map(folder -> Path.of(folder, "node_modules"))
                .filter(folder -> Files.isDirectory(folder.resolve("@fluent-org/logger")));
        Engines.require(modules.isPresent(), "@fluent-org/logger (" + NODE_CLIENTS + " names no folder with it)");
        return modules.orElseThrow();
    }
}
