package logstream.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MonitorServerTest {
    private final Metrics metrics = new Metrics();
    private MonitorServer server;

    @BeforeEach
    void start() throws IOException {
        server = MonitorServer.start(new MonitorConfig("127.0.0.1", 0), new MetricsPage(metrics));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void healthAndMetrics() throws Exception {
        metrics.recordsDelivered.add(7);

        assertThat(get("/healthz").statusCode()).isEqualTo(200);
        HttpResponse<String> page = get("/metrics");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
        assertThat(page.body()).contains("\nlogstream_records_delivered_total 7.0\n");
    }

    @Test
    void otherPathsAndMethods() throws Exception {
        assertThat(get("/").statusCode()).isEqualTo(404);
        assertThat(get("/metrics/x").statusCode()).isEqualTo(404);
        HttpRequest post = HttpRequest.newBuilder(uri("/metrics"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            assertThat(client.send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(405);
        }
    }

    @Test
    void aTakenPortIsToldAtOnce() {
        MonitorConfig taken = new MonitorConfig("127.0.0.1", server.port());
        assertThatThrownBy(() -> MonitorServer.start(taken, new MetricsPage(metrics)))
                .isInstanceOf(BindException.class);
    }

    private HttpResponse<String> get(String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
        }
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }
}
