package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import logstream.Symptom;
import logstream.engines.AgentProcess;
import logstream.engines.Program;
import logstream.forward.Certificates;
import logstream.local.LocalKinesis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the built program answers on its monitor port. */
class MonitorIT {
    @RegisterExtension
    static final Program PROGRAM = new Program();

    @Test
    void aViewerSeesItsLinesAsTextAndByTheCommand(@TempDir Path folder) throws Exception {
        withStream(folder, (agent, kinesis) -> {
            Path token = Files.writeString(folder.resolve("token"), "s3cret\n");
            AgentProcess command = PROGRAM.start(
                    "tail",
                    "--agent",
                    "http://127.0.0.1:" + agent.monitorPort(),
                    "--token-file",
                    token.toString(),
                    "--container",
                    "web-*");
            try (Socket text = view(agent, "?container=web-1&grep=l[ai]ne");
                    ContainerConnection web = new ContainerConnection(agent.forwardPort(), "web-1", "grid.web");
                    ContainerConnection other = new ContainerConnection(agent.forwardPort(), "other", "grid.other")) {
                awaitViewers(agent, 2);
                other.send("a line of another");
                web.send("a line", "not this", "a \u001b[31mlane");
                BufferedReader lines = reader(text);
                String first = lines.lines()
                        .filter(line -> line.contains(" | "))
                        .findFirst()
                        .orElseThrow();
                assertThat(first).matches("\\S+Z web-1 stdout \\| a line");
                String second = lines.lines()
                        .filter(line -> line.contains(" | "))
                        .findFirst()
                        .orElseThrow();
                assertThat(second).endsWith("| a \\x1b[31mlane");
                await().atMost(Duration.ofSeconds(30))
                        .untilAsserted(() -> assertThat(command.output())
                                .contains("web-1 stdout | a line", "web-1 stdout | not this")
                                .doesNotContain("another"));
            }
        });
    }

    @Test
    @Symptom("`logstream tail --agent` is refused with 401")
    void aWrongTokenIsSaidByTheCommand(@TempDir Path folder) throws Exception {
        withStream(folder, (agent, kinesis) -> {
            Program.Finished refused =
                    PROGRAM.command(new byte[0], "tail", "--agent", "http://127.0.0.1:" + agent.monitorPort());
            assertThat(refused.exitCode()).as(refused.toString()).isEqualTo(1);
            assertThat(refused.errors())
                    .contains("refuses with 401", "monitor.token")
                    .doesNotContain("\tat ");
            Program.Finished nobody = PROGRAM.command(new byte[0], "tail", "--agent", "http://127.0.0.1:1");
            assertThat(nobody.exitCode()).as(nobody.toString()).isEqualTo(1);
            assertThat(nobody.errors()).contains("does not answer");
            Program.Finished both = PROGRAM.command(new byte[0], "tail", "logs", "--agent", "http://127.0.0.1:1");
            assertThat(both.exitCode()).as(both.toString()).isEqualTo(2);
        });
    }

    /** Seven viewers that do not read, and one that does: what is sent is all shipped, and the eighth is told what it missed. */
    @Test
    void viewersNeverHoldUpShipping(@TempDir Path folder) throws Exception {
        withStream(folder, (agent, kinesis) -> {
            List<Socket> asleep = new ArrayList<>();
            int batches = 400;
            AtomicLong seen = new AtomicLong();
            AtomicLong missed = new AtomicLong();
            try (ContainerConnection web = new ContainerConnection(agent.forwardPort(), "web-1", "grid.web")) {
                for (int viewer = 0; viewer < 7; viewer++) {
                    asleep.add(view(agent, ""));
                }
                Socket reads = view(agent, "?format=json");
                asleep.add(reads);
                awaitViewers(agent, 8);
                Thread.ofVirtual().start(() -> count(reads, seen, missed));
                try (Socket ninth = view(agent, "")) {
                    assertThat(reader(ninth).readLine()).contains("503");
                }
                String line = "x".repeat(1_000);
                String[] lines = Stream.generate(() -> line).limit(100).toArray(String[]::new);
                for (int batch = 0; batch < batches; batch++) {
                    web.send(lines);
                }
                Accounting.awaitBalance(agent);
                assertThat(agent.metrics()).containsEntry("logstream_events_received_total", 100.0 * batches);
                assertThat(agent.metrics()).containsEntry("logstream_records_delivered_total", 100.0 * batches);
                await().atMost(Duration.ofSeconds(60))
                        .untilAsserted(
                                () -> assertThat(seen.get() + missed.get()).isEqualTo(100L * batches));
                assertThat(seen.get()).isPositive();
                assertThat(missed.get()).isPositive();
            } finally {
                for (Socket socket : asleep) {
                    socket.close();
                }
            }
        });
    }

    private static void count(Socket viewer, AtomicLong seen, AtomicLong missed) {
        try (BufferedReader answer = reader(viewer)) {
            for (String got = answer.readLine(); got != null; got = answer.readLine()) {
                if (got.contains("logstream_missed")) {
                    missed.addAndGet(Long.parseLong(got.replaceAll("\\D", "")));
                } else if (got.startsWith("{")) {
                    seen.incrementAndGet();
                }
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    @Test
    @Symptom("Nothing reaches the stream")
    void anOutageIsSeenByCollectorsAndByHealth(@TempDir Path folder) throws Exception {
        withStream(folder, (agent, kinesis) -> {
            kinesis.down();
            try (ContainerConnection web = new ContainerConnection(agent.forwardPort(), "web-1", "grid.web")) {
                web.send("kept");
                await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                    assertThat(agent.monitorPage("/api/health"))
                            .contains("\"status\" : \"failing\"", "The stream has accepted nothing");
                    assertThat(agent.monitorPage("/api/plugins?type=kinesis"))
                            .containsPattern("buffer_total_queued_size:[1-9]")
                            .containsPattern("retry_count:[1-9]");
                });
                assertThat(agent.monitorPage("/readyz")).isEqualTo("ok\n");
                kinesis.up();
                await().atMost(Duration.ofSeconds(30))
                        .untilAsserted(() ->
                                assertThat(agent.monitorPage("/api/health")).contains("\"status\" : \"ok\""));
            }
        });
    }

    @Test
    void theConfigurationIsShownAndLoadedAgain(@TempDir Path folder) throws Exception {
        withStream(folder, (agent, kinesis) -> {
            assertThat(asked(agent, "GET", "/api/config/effective"))
                    .contains("\"file\" : \"" + folder.resolve("logstream.yaml"), "\"monitor.token\"", "(secret)")
                    .doesNotContain("s3cret");
            assertThat(asked(agent, "POST", "/api/config/reload")).contains("\"done\" : true", "nothing has changed");
            Path file = folder.resolve("logstream.yaml");
            String before = Files.readString(file);
            Files.writeString(file, before + "record:\n  tags: other.**\n");
            assertThat(asked(agent, "POST", "/api/config/reload")).contains("\"done\" : true", "\"record.tags\"");
            assertThat(agent.monitorPage("/api/plugins.json?tag=other.a")).contains("kinesis");
            assertThat(agent.monitorPage("/api/plugins.json?tag=grid.a")).doesNotContain("kinesis");
            Files.writeString(file, before.replace("region: us-east-1", "region: eu-west-1"));
            assertThat(asked(agent, "POST", "/api/config/reload")).contains("\"done\" : false", "kinesis.region");
            assertThat(agent.monitorPage("/api/plugins.json?tag=other.a")).contains("kinesis");
        });
    }

    private static String asked(AgentProcess agent, String method, String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + agent.monitorPort() + path);
            HttpRequest request = HttpRequest.newBuilder(uri)
                    .method(method, HttpRequest.BodyPublishers.noBody())
                    .header("Authorization", "Bearer s3cret")
                    .timeout(Duration.ofSeconds(30))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }

    @Test
    void speaksTlsWithCertificatesThatAreRenewed(@TempDir Path folder) throws Exception {
        Certificates first = Certificates.make(folder, "first");
        Certificates second = Certificates.make(folder, "second");
        Path certificate = first.certificate(folder.resolve("own.pem"));
        Path key = first.key(folder.resolve("own.key"));
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 1);
            AgentProcess agent = PROGRAM.runWith(
                    folder,
                    Yaml.of(folder, kinesis.endpoint()) + "  tls:\n    certificate: " + certificate + "\n    key: "
                            + key + "\n");
            assertThat(health(Certificates.client(first), agent)).isEqualTo("ok\n");
            assertThat(second.certificate(certificate)).isEqualTo(certificate);
            assertThat(second.key(key)).isEqualTo(key);
            await().atMost(Duration.ofSeconds(60))
                    .ignoreExceptions()
                    .until(() -> health(Certificates.client(second), agent).equals("ok\n"));
        }
    }

    private static String health(SSLContext trusting, AgentProcess agent) throws Exception {
        try (HttpClient client = HttpClient.newBuilder().sslContext(trusting).build()) {
            URI uri = URI.create("https://localhost:" + agent.monitorPort() + "/healthz");
            return client.send(
                            HttpRequest.newBuilder(uri)
                                    .timeout(Duration.ofSeconds(30))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    /** What a test does with an agent and its stream. */
    private interface Use {
        void with(AgentProcess agent, LocalKinesis kinesis) throws Exception;
    }

    private static void withStream(Path folder, Use use) throws Exception {
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 2);
            use.with(PROGRAM.runWith(folder, Yaml.of(folder, kinesis.endpoint()) + "  token: s3cret\n"), kinesis);
        }
    }

    private static Socket view(AgentProcess agent, String query) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), agent.monitorPort());
        socket.setSoTimeout((int) Duration.ofSeconds(60).toMillis());
        socket.getOutputStream()
                .write(("GET /api/tail" + query
                                + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer s3cret\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    private static void awaitViewers(AgentProcess agent, int viewers) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> agent.monitorPage("/api/status").contains("\"viewers\" : " + viewers));
    }
}
