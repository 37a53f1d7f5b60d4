package logstream.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import logstream.Symptom;
import logstream.forward.Secret;
import logstream.monitor.MonitorConfig.Access;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bounded in time: an answer that should be a refusal may be one without an end. */
@Timeout(120)
class MonitorServerTest {
    private static final Path GOLDEN = Path.of("src/test/resources/logstream/monitor");
    private static final String[] TOKEN = {"Authorization", "Bearer s3cret"};

    private final MonitoredAgent agent = new MonitoredAgent();
    private final HttpClient client = HttpClient.newHttpClient();
    private MonitorServer server;

    @BeforeEach
    void start() throws Exception {
        agent.work();
        server = MonitorServer.open(
                new MonitorConfig("127.0.0.1", 0, new Access.Token(Secret.of("s3cret")), List.of(), Optional.empty()));
        server.serve(agent.observed(MonitoredAgent.config()));
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void healthAndMetrics() throws Exception {
        assertThat(get("/healthz").body()).isEqualTo("ok\n");
        HttpResponse<String> page = get("/metrics");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
        assertThat(page.body()).contains("\nlogstream_records_delivered_total 900.0\n");
    }

    @Test
    void readyIsWhoTakesLines() throws Exception {
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
        agent.vitals.bufferFull = true;
        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
        agent.vitals.bufferFull = false;
        agent.vitals.accepting = false;
        assertThat(get("/readyz").statusCode()).isEqualTo(503);
    }

    @Test
    void deepHealthSaysWhatIsWrong() throws Exception {
        assertThat(get("/api/health").statusCode()).isEqualTo(200);
        agent.vitals.diskRefuses = true;
        HttpResponse<String> failing = get("/api/health");
        assertThat(failing.statusCode()).isEqualTo(503);
        // The time since the last success is that of the server's own looks.
        golden(
                "health.json",
                failing.body(),
                text -> text.replaceFirst("(last_success_seconds\" : )[-0-9.]+", "$10.1"));
    }

    /** Collectors were made for these: what changes here breaks them. */
    @ParameterizedTest
    @CsvSource({
        "/api/plugins.json?debug=1, plugins.json",
        "/api/plugins, plugins.txt",
        "/api/config.json?debug=1, config.json",
        "/api/config, config.txt",
        "/api/config/effective, effective.json",
    })
    void outwardFaces(String path, String file) throws Exception {
        HttpResponse<String> answer = get(path, TOKEN);
        assertThat(answer.statusCode()).isEqualTo(200);
        golden(file, answer.body(), text -> text.replaceFirst("(ppid\\W+)\\d+", "$11"));
    }

    @Test
    void theStatusIsTheGoldenFile() throws Exception {
        golden("status.json", new String(Json.pretty(agent.observer.status()), StandardCharsets.UTF_8), text -> text);
        assertThat(get("/api/status").body()).contains("\"delivered\" : 900");
    }

    @ParameterizedTest
    @CsvSource({
        "'', forward monitor_agent kinesis",
        "?type=kinesis, kinesis",
        "?@type=forward, forward",
        "?id=monitor_agent, monitor_agent",
        "?@id=kinesis, kinesis",
        "?%40id=kinesis, kinesis",
        "?tag=grid.a, kinesis",
        "?tag=other, ''",
        "?tag=other&type=forward, ''",
        "?id=none, ''",
        "?type=, forward monitor_agent kinesis",
    })
    void pluginsAreFoundAsFluentdFindsThem(String query, String found) throws Exception {
        String json = get("/api/plugins.json" + query).body();
        List<String> ids = Optional.of(json.split("\"plugin_id\":\"")).stream()
                .flatMap(Arrays::stream)
                .skip(1)
                .map(rest -> rest.substring(0, rest.indexOf('"')))
                .toList();
        assertThat(String.join(" ", ids)).isEqualTo(found);
        assertThat(get("/api/plugins" + query).body().lines()).hasSize(ids.size());
    }

    @Test
    void configurationOfPluginsCanBeLeftOut() throws Exception {
        assertThat(get("/api/plugins.json").body()).contains("stream_name");
        assertThat(get("/api/plugins.json?with_config=false").body()).doesNotContain("stream_name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/tail", "/api/config/effective"})
    void linesAndConfigurationWantTheToken(String path) throws Exception {
        HttpResponse<String> refused = get(path);
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Bearer");
        assertThat(get(path, "Authorization", "Bearer other").statusCode()).isEqualTo(401);
        assertThat(agent.liveTail.viewers()).isZero();
    }

    @Test
    void reloadIsAPostOfWhoKnowsTheToken() throws Exception {
        assertThat(get("/api/config/reload", TOKEN).statusCode()).isEqualTo(405);
        assertThat(post("/api/config/reload").statusCode()).isEqualTo(401);
        HttpResponse<String> done = post("/api/config/reload", TOKEN);
        assertThat(done.statusCode()).isEqualTo(200);
        golden("reload.json", done.body(), text -> text);
        assertThat(post("/api/config/reload", "Authorization", "Bearer s3cret", "Origin", "http://evil.example")
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void otherPathsAndMethods() throws Exception {
        for (String path : List.of("/x", "/metrics/", "/metrics/x", "/api", "/healthz/..")) {
            assertThat(get(path).statusCode()).as(path).isEqualTo(404);
        }
        HttpResponse<String> refused = post("/metrics");
        assertThat(refused.statusCode()).isEqualTo(405);
        assertThat(refused.headers().firstValue("Allow")).contains("GET");
        HttpRequest head = HttpRequest.newBuilder(uri("/healthz")).HEAD().build();
        assertThat(client.send(head, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }

    @Test
    @Symptom("The monitor answers 421")
    void otherHostNamesAreNotAnswered() throws Exception {
        assertThat(raw("GET /metrics HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 421 ")
                .contains("monitor.hosts")
                .doesNotContain("logstream_");
        assertThat(raw("GET /healthz HTTP/1.1\r\nHost: localhost:1\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ");
    }

    @Test
    void thePageLoadsAndRunsNothingButItself() throws Exception {
        HttpResponse<String> page = get("/");
        assertThat(page.headers().firstValue("Content-Type")).contains(Page.TYPE);
        assertThat(page.headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy)
                        .contains("default-src 'none'", "script-src 'sha256-", "style-src 'sha256-")
                        .doesNotContain("unsafe"));
        assertThat(page.headers().firstValue("X-Frame-Options")).contains("DENY");
        assertThat(page.body())
                .doesNotContain(
                        "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", " style=", " onclick=")
                .doesNotContainPattern("(src|href)=\"(?!#|data:)");
    }

    @Test
    void eventsBeginWithTheHistoryAndGoOn() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout((int) Duration.ofSeconds(30).toMillis());
            socket.getOutputStream()
                    .write("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            String text = readUntil(socket.getInputStream(), "event: status", 3);
            assertThat(text).contains("text/event-stream").containsSubsequence("event: history", "event: status");
        }
    }

    @Test
    void pagesOpenAtOnceAreBounded() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int page = 0; page < Latest.MOST_WATCHERS; page++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
                sockets.add(socket);
                socket.setSoTimeout((int) Duration.ofSeconds(30).toMillis());
                socket.getOutputStream()
                        .write("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
                String _ = readUntil(socket.getInputStream(), "event: status", 1);
            }
            assertThat(get("/api/events").statusCode()).isEqualTo(503);
            assertThat(get("/metrics").statusCode()).isEqualTo(200);
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX: %s\r\n\r\n", "%s\r\n\r\n"})
    void whatIsTooLongIsNotKept(String request) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout((int) Duration.ofSeconds(30).toMillis());
            OutputStream out = socket.getOutputStream();
            out.write(request.formatted("x".repeat(100_000)).getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isNotEqualTo("HTTP/1.1 200");
        } catch (IOException e) {
            assertThat(e).hasMessageMatching("Broken pipe|Connection reset.*");
        }
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void wrongQuestionsOfViewersAreSaid() throws Exception {
        assertThat(get("/api/tail?format=xml", TOKEN).statusCode()).isEqualTo(400);
        assertThat(get("/api/tail?grep=(", TOKEN).body()).contains("RE2");
        assertThat(agent.liveTail.viewers()).isZero();
    }

    @Test
    void aTakenPortIsToldAtOnce() {
        MonitorConfig taken = MonitorConfig.DEFAULT.withPort(server.port());
        assertThatThrownBy(() -> MonitorServer.open(taken)).isInstanceOf(BindException.class);
    }

    private static void golden(String file, String text, UnaryOperator<String> fixed) throws IOException {
        Path path = GOLDEN.resolve(file);
        if (Boolean.getBoolean("golden.write")) {
            Files.createDirectories(GOLDEN);
            Files.writeString(path, fixed.apply(text));
        }
        assertThat(fixed.apply(text)).isEqualTo(Files.readString(path));
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        return send(HttpRequest.newBuilder(uri(path)), headers);
    }

    private HttpResponse<String> post(String path, String... headers) throws Exception {
        return send(HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.noBody()), headers);
    }

    private HttpResponse<String> send(HttpRequest.Builder request, String... headers) throws Exception {
        HttpRequest.Builder whole = headers.length == 0 ? request : request.headers(headers);
        return client.send(whole.timeout(Duration.ofSeconds(30)).build(), BodyHandlers.ofString());
    }

    private String raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout((int) Duration.ofSeconds(30).toMillis());
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String readUntil(InputStream in, String mark, int times) throws IOException {
        StringBuilder text = new StringBuilder();
        byte[] some = new byte[8 << 10];
        while (text.toString().split(mark, -1).length <= times) {
            int read = in.read(some);
            assertThat(read).as("more after: " + text).isPositive();
            text.append(new String(some, 0, read, StandardCharsets.UTF_8));
        }
        return text.toString();
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }
}
