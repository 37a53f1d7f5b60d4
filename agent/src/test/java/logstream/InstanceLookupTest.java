package logstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstanceLookupTest {
    private static final String DOCUMENT = "/latest/dynamic/instance-identity/document";
    private static final String ANSWER =
            "{\"accountId\":\"123456789012\",\"instanceId\":\"i-0abc\",\"region\":\"eu-west-1\"}";

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<String> found = new CopyOnWriteArrayList<>();
    private final AtomicInteger refusals = new AtomicInteger();
    private volatile String answer = ANSWER;
    private HttpServer server;

    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        asked.add(exchange.getRequestMethod() + " " + path);
        boolean token = exchange.getRequestMethod().equals("PUT")
                && path.equals("/latest/api/token")
                && "60".equals(exchange.getRequestHeaders().getFirst("X-aws-ec2-metadata-token-ttl-seconds"));
        boolean document = exchange.getRequestMethod().equals("GET")
                && path.equals(DOCUMENT)
                && "the-token".equals(exchange.getRequestHeaders().getFirst("X-aws-ec2-metadata-token"));
        int status = refusals.getAndDecrement() > 0 ? 503 : token || document ? 200 : 401;
        byte[] body = (token ? "the-token" : answer).getBytes(StandardCharsets.UTF_8);
        try (exchange) {
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private InstanceLookup lookup(String disabled) {
        String endpoint = "http://127.0.0.1:" + server.getAddress().getPort();
        return new InstanceLookup(
                Map.of("AWS_EC2_METADATA_SERVICE_ENDPOINT", endpoint, "AWS_EC2_METADATA_DISABLED", disabled),
                Duration.ZERO,
                (id, region) -> found.add(id + " " + region));
    }

    @Test
    void itAsksWithATokenAndOnlyOnce() {
        InstanceLookup lookup = lookup("false");
        lookup.want();
        await().untilAsserted(() -> assertThat(found).containsExactly("i-0abc eu-west-1"));
        await().until(() -> !lookup.isAsking());
        lookup.want();
        assertThat(lookup.isAsking()).isFalse();
        assertThat(asked).containsExactly("PUT /latest/api/token", "GET " + DOCUMENT);
    }

    @Test
    void itAsksAgainWhileThereIsNoAnswer() {
        refusals.set(2);
        lookup("false").want();
        await().untilAsserted(() -> assertThat(found).containsExactly("i-0abc eu-west-1"));
        assertThat(asked).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no JSON",
                "[]",
                "{\"instanceId\":\"i-0abc\"}",
                "{\"instanceId\":\"i-\\\"0\",\"region\":\"r\"}"
            })
    void itGivesUpAfterABoundedNumberOfTriesAndAsksAgainWhenWanted(String wrong) {
        answer = wrong;
        InstanceLookup lookup = lookup("false");
        lookup.want();
        await().until(() -> !lookup.isAsking());
        assertThat(asked).hasSize(2 * InstanceLookup.MOST_TRIES);
        assertThat(found).isEmpty();

        answer = ANSWER;
        lookup.want();
        await().untilAsserted(() -> assertThat(found).containsExactly("i-0abc eu-west-1"));
    }

    @Test
    void itDoesNotAskWhereTheEnvironmentSaysSo() {
        InstanceLookup lookup = lookup("TRUE");
        lookup.want();
        await().until(() -> !lookup.isAsking());
        assertThat(asked).isEmpty();
        assertThat(found).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"no url at all", "file:///etc/hostname", "http://127.0.0.1:1"})
    void aServiceThatIsNoneEndsTheTries(String endpoint) {
        InstanceLookup lookup = new InstanceLookup(
                Map.of("AWS_EC2_METADATA_SERVICE_ENDPOINT", endpoint),
                Duration.ZERO,
                (id, region) -> found.add(id + " " + region));
        lookup.want();
        await().until(() -> !lookup.isAsking());
        assertThat(found).isEmpty();
    }

    @Test
    void afterTheStopNothingIsAsked() {
        InstanceLookup lookup = lookup("false");
        lookup.stop();
        lookup.want();
        assertThat(lookup.isAsking()).isFalse();
        assertThat(asked).isEmpty();
    }
}
