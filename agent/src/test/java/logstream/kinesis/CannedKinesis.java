package logstream.kinesis;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import javax.net.ssl.SSLContext;

/** An HTTP server on loopback that answers Kinesis calls, in CBOR, with whatever a test makes up. */
final class CannedKinesis implements AutoCloseable {
    static {
        // Else every answer on a connection that is kept waits 40 ms for the client's delayed acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private static final ObjectMapper CBOR = new ObjectMapper(new CBORFactory());

    /** A call as it came: the action's name, its input, and headers by lower-case name. */
    record Call(String action, Map<String, Object> input, Map<String, String> headers) {
        String text(String field) {
            return String.valueOf(input.get(field));
        }

        @SuppressWarnings("unchecked")
        List<Map<String, Object>> list(String field) {
            return (List<Map<String, Object>>) input.getOrDefault(field, List.of());
        }
    }

    /** What is answered: with an error code the body is an error. */
    record Answer(int status, String errorCode, Map<String, Object> body) {
        static Answer ok(Map<String, Object> body) {
            return new Answer(200, "", body);
        }

        static Answer error(int status, String code) {
            return error(status, code, "made up: " + code);
        }

        static Answer error(int status, String code, String message) {
            return new Answer(status, code, code.isEmpty() ? Map.of() : Map.of("__type", code, "message", message));
        }

        /** To a request of one record: it is in the stream. */
        static Answer accepted() {
            return ok(Map.of(
                    "FailedRecordCount", 0, "Records", List.of(Map.of("ShardId", "shard-1", "SequenceNumber", "49"))));
        }
    }

    final List<Call> calls = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Function<Call, Answer> answers;
    private final String scheme;

    CannedKinesis(Function<Call, Answer> answers) {
        this(answers, Optional.empty());
    }

    /** Over TLS. */
    CannedKinesis(Function<Call, Answer> answers, SSLContext tls) {
        this(answers, Optional.of(tls));
    }

    private CannedKinesis(Function<Call, Answer> answers, Optional<SSLContext> tls) {
        this.answers = answers;
        this.scheme = tls.isPresent() ? "https" : "http";
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try {
            if (tls.isPresent()) {
                HttpsServer https = HttpsServer.create(address, 0);
                https.setHttpsConfigurator(new HttpsConfigurator(tls.get()));
                server = https;
            } else {
                server = HttpServer.create(address, 0);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Map<String, String> headers = new HashMap<>();
            exchange.getRequestHeaders()
                    .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
            String target = headers.getOrDefault("x-amz-target", "." + exchange.getRequestURI());
            byte[] bytes = exchange.getRequestBody().readAllBytes();
            Map<String, Object> input =
                    target.startsWith("Kinesis") ? CBOR.readValue(bytes, new TypeReference<>() {}) : Map.of();
            Call call = new Call(target.substring(target.indexOf('.') + 1), input, headers);
            calls.add(call);
            Answer answer = answers.apply(call);
            byte[] body = CBOR.writeValueAsBytes(answer.body());
            exchange.getResponseHeaders().set("Content-Type", "application/x-amz-cbor-1.1");
            exchange.getResponseHeaders().set("x-amzn-RequestId", "r-1");
            exchange.sendResponseHeaders(answer.status(), body.length);
            exchange.getResponseBody().write(body);
        }
    }

    URI endpoint() {
        return URI.create(scheme + "://127.0.0.1:" + server.getAddress().getPort());
    }

    KinesisConfig config() {
        return at(endpoint(), Duration.ofSeconds(10));
    }

    static KinesisConfig at(URI endpoint, Duration timeout) {
        return at("logs", endpoint, timeout);
    }

    static KinesisConfig at(String stream, URI endpoint, Duration timeout) {
        KinesisConfig plain = KinesisConfig.of(stream);
        return new KinesisConfig(
                stream,
                null,
                endpoint,
                null,
                null,
                plain.roleSessionName(),
                plain.access(),
                plain.maxBatchRecords(),
                plain.maxBatchBytes(),
                plain.maxRequestsInFlight(),
                plain.linger(),
                timeout,
                plain.retryLimit(),
                plain.retryWait(),
                plain.packing());
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
