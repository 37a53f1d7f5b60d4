package logstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/** The contract's encodings are worth nothing if the SDK does not speak them: seen from a server of the JDK. */
class KinesisClientsTest {
    @Test
    void eachClientKeepsTheEncodingItWasBuiltWith() throws IOException {
        List<String> seen = new CopyOnWriteArrayList<>();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                seen.add(exchange.getRequestHeaders().getFirst("Content-Type"));
                exchange.sendResponseHeaders(200, -1);
            }
        });
        server.start();
        URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        try (KinesisClient json = KinesisClients.of(endpoint, false);
                KinesisClient cbor = KinesisClients.of(endpoint, true);
                KinesisClient jsonAgain = KinesisClients.of(endpoint, false)) {
            cbor.deleteStream(request -> request.streamName("any"));
            json.deleteStream(request -> request.streamName("any"));
            cbor.deleteStream(request -> request.streamName("any"));
            jsonAgain.deleteStream(request -> request.streamName("any"));
        } finally {
            server.stop(0);
        }
        assertThat(seen)
                .containsExactly(
                        "application/x-amz-cbor-1.1",
                        "application/x-amz-json-1.1",
                        "application/x-amz-cbor-1.1",
                        "application/x-amz-json-1.1");
    }
}
