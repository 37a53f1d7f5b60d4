package logstream.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Answers {@code GET /healthz} (200 while the process lives) and {@code GET /metrics} (Prometheus' text format).
 *
 * <p>Threading: each request on a virtual thread of its own.
 */
public final class MonitorServer implements AutoCloseable {
    /** Requests that wait while others are answered; more are refused by the system. */
    private static final int BACKLOG = 32;

    private final HttpServer server;
    private final ExecutorService requests;

    private MonitorServer(HttpServer server, ExecutorService requests) {
        this.server = server;
        this.requests = requests;
    }

    /**
     * Opens the port.
     *
     * @throws java.net.BindException when address or port cannot be had
     */
    public static MonitorServer start(MonitorConfig config, MetricsPage page) throws IOException {
        // Without it each answer on a kept-alive connection waits 40 ms (Nagle against delayed acks).
        System.setProperty("sun.net.httpserver.nodelay", "true");
        HttpServer server = HttpServer.create(new InetSocketAddress(config.bind(), config.port()), BACKLOG);
        ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
        server.setExecutor(requests);
        server.createContext(
                "/healthz", only("/healthz", exchange -> answer(exchange, 200, "text/plain", ascii("ok\n"))));
        server.createContext(
                "/metrics", only("/metrics", exchange -> answer(exchange, 200, MetricsPage.CONTENT_TYPE, page.text())));
        server.createContext(
                "/", exchange -> answer(exchange, 404, "text/plain", ascii("not here; see /healthz and /metrics\n")));
        server.start();
        return new MonitorServer(server, requests);
    }

    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        requests.shutdownNow();
    }

    /** A context answers for all paths below it, too: those are not found. */
    private static HttpHandler only(String path, HttpHandler handler) {
        return exchange -> {
            if (!exchange.getRequestURI().getPath().equals(path)) {
                answer(exchange, 404, "text/plain", ascii("not here; see /healthz and /metrics\n"));
            } else if (!exchange.getRequestMethod().equals("GET")) {
                exchange.getResponseHeaders().set("Allow", "GET");
                answer(exchange, 405, "text/plain", ascii("only GET\n"));
            } else {
                handler.handle(exchange);
            }
        };
    }

    private static void answer(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
