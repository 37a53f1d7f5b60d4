package logstream.kinesis;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP server on loopback that keeps what it is sent, byte for byte, and answers what it is told to. */
final class RawServer implements AutoCloseable {
    static {
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    /** @param headers by lower-case name */
    record Sent(String method, String path, Map<String, String> headers, byte[] body) {
        /** Empty when there is none. */
        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    record Reply(int status, Map<String, String> headers, byte[] body) {
        static Reply cbor(int status, byte[] body) {
            return new Reply(
                    status, Map.of("Content-Type", "application/x-amz-cbor-1.1", "x-amzn-RequestId", "r-1"), body);
        }

        static Reply json(int status, byte[] body) {
            return new Reply(
                    status, Map.of("Content-Type", "application/x-amz-json-1.1", "x-amzn-RequestId", "r-1"), body);
        }
    }

    final List<Sent> sent = Collections.synchronizedList(new ArrayList<>());
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private volatile Reply reply;

    RawServer(Reply reply) {
        this.reply = reply;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    void reply(Reply next) {
        reply = next;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Map<String, String> headers = new TreeMap<>();
            exchange.getRequestHeaders()
                    .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
            byte[] body = exchange.getRequestBody().readAllBytes();
            String path = exchange.getRequestURI().toString();
            sent.add(new Sent(exchange.getRequestMethod(), path, headers, body));
            Reply now = reply;
            now.headers().forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(now.status(), now.body().length == 0 ? -1 : now.body().length);
            exchange.getResponseBody().write(now.body());
        }
    }

    KinesisConfig config(String stream) {
        URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        return CannedKinesis.at(stream, endpoint, Duration.ofSeconds(10));
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
