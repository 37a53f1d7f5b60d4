package logstream.monitor;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One request, and the means to answer it.
 *
 * <p>Threading: confined to the thread of the request.
 */
final class Request {
    static final String TEXT = "text/plain; charset=utf-8";

    private static final int MOST_PARAMETERS = 20;

    private final HttpExchange exchange;
    private final StalledAnswers stalled;
    private final String path;
    private final Map<String, String> parameters;

    /** @throws IllegalArgumentException when its address cannot be read */
    Request(HttpExchange exchange, StalledAnswers stalled) {
        this.exchange = exchange;
        this.stalled = stalled;
        URI uri = exchange.getRequestURI();
        this.path = Optional.ofNullable(uri.getPath()).orElse("");
        this.parameters = parameters(Optional.ofNullable(uri.getRawQuery()).orElse(""));
    }

    private static Map<String, String> parameters(String query) {
        Map<String, String> found = new LinkedHashMap<>();
        for (String pair : query.split("&", MOST_PARAMETERS)) {
            int equals = pair.indexOf('=');
            if (!pair.isEmpty()) {
                String name = equals < 0 ? pair : pair.substring(0, equals);
                found.putIfAbsent(decoded(name), equals < 0 ? "" : decoded(pair.substring(equals + 1)));
            }
        }
        return found;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    String method() {
        return exchange.getRequestMethod();
    }

    String path() {
        return path;
    }

    /** A parameter of the address; empty when it is missing or has no text. */
    Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name)).filter(text -> !text.isEmpty());
    }

    /** A header; empty when it is missing. */
    Optional<String> header(String name) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
    }

    /** Sets a header of the answer. */
    void answerHeader(String name, String value) {
        exchange.getResponseHeaders().set(name, value);
    }

    /** Answers with one line. */
    void say(int status, String line) throws IOException {
        answer(status, TEXT, (line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Answers as a whole. */
    void answer(int status, String type, byte[] body) throws IOException {
        headers(type);
        try (exchange) {
            if (method().equals("HEAD")) {
                exchange.sendResponseHeaders(status, -1);
                return;
            }
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            try (StalledAnswers.Answer out = stalled.watch(exchange.getResponseBody())) {
                out.write(body);
            }
        }
    }

    /** Answers with what comes bit by bit; to be closed. */
    OutputStream stream(String type) throws IOException {
        headers(type);
        // Proxies that collect an answer before they pass it on are told not to.
        answerHeader("X-Accel-Buffering", "no");
        exchange.sendResponseHeaders(200, 0);
        return stalled.watch(exchange.getResponseBody());
    }

    private void headers(String type) {
        answerHeader("Content-Type", type);
        answerHeader("Cache-Control", "no-store");
        answerHeader("X-Content-Type-Options", "nosniff");
        answerHeader("Referrer-Policy", "no-referrer");
        answerHeader("Cross-Origin-Resource-Policy", "same-origin");
    }

    /** Ends it whatever was answered. */
    void close() {
        exchange.close();
    }
}
