package logstream.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From an HTTP request to its answer: reads the body, applies the faults that concern requests, counts.
 *
 * <p>Bodies in work at one time are bounded: a request waits for room, at most ten seconds.
 *
 * <p>Threading: any; each request on its own virtual thread.
 */
final class HttpFront {
    private static final Logger log = LoggerFactory.getLogger(HttpFront.class);
    private static final String TARGET = "Kinesis_20131202.";
    private static final int LEAST_BODY_ROOM = 32 << 20;
    private static final int WAIT_FOR_ROOM_SECONDS = 10;
    private static final long MOST_THROWN_AWAY_BYTES = 64 << 20;

    private final Operations operations;
    private final FaultDice dice;
    private final Supplier<Score> score;
    private final int mostBody;
    private final Semaphore bodyRoom;
    private final LongAdder requests = new LongAdder();
    private final LongAdder failedRequests = new LongAdder();
    private volatile Faults faults = Faults.none();

    HttpFront(Operations operations, FaultDice dice, LocalOptions options, Supplier<Score> score) {
        this.operations = operations;
        this.dice = dice;
        this.score = score;
        // Base64 takes a third more than the bytes it stands for; keys, names and quotes find room in the rest.
        this.mostBody = options.maxRequestBytes() * 2 + (1 << 20);
        this.bodyRoom = new Semaphore(Math.max(mostBody, LEAST_BODY_ROOM), true);
    }

    Faults faults() {
        return faults;
    }

    void faults(Faults next) {
        faults = next;
    }

    long requests() {
        return requests.sum();
    }

    long failedRequests() {
        return failedRequests.sum();
    }

    void handle(HttpExchange exchange) {
        // Closing an exchange that was not answered closes its connection: the client sees no answer.
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (path.startsWith("/_local/")) {
                control(exchange, path);
            } else {
                kinesis(exchange);
            }
        } catch (IOException e) {
            log.debug("A client went away during its request: {}", e.toString());
        } catch (InterruptedException e) {
            // The endpoint is being closed; so is the connection, without an answer.
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            log.error("A request to the local endpoint failed by a mistake of the endpoint; it got no answer.", e);
        }
    }

    private void kinesis(HttpExchange exchange) throws IOException, InterruptedException {
        requests.increment();
        Faults now = faults;
        if (now.hangUp()) {
            failedRequests.increment();
            return;
        }
        Encoding encoding = Encoding.of(exchange.getRequestHeaders().getFirst("Content-Type"));
        Optional<byte[]> answer;
        int status = 200;
        try {
            answer = answer(exchange, encoding, now);
        } catch (ServiceError e) {
            answer = Optional.of(encoding.error(e));
            status = e.status();
        }
        if (now.delay().isPositive()) {
            Thread.sleep(now.delay());
        }
        if (answer.isEmpty() || status != 200) {
            failedRequests.increment();
        }
        if (answer.isPresent()) {
            send(exchange, status, encoding.contentType(), answer.get());
        }
    }

    /** The answer; empty if there is to be none. */
    private Optional<byte[]> answer(HttpExchange exchange, Encoding encoding, Faults now)
            throws ServiceError, IOException, InterruptedException {
        String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
        String operation = target != null && target.startsWith(TARGET) ? target.substring(TARGET.length()) : "";
        int room = takeRoom(exchange);
        byte[] result;
        boolean accepts = Operations.accepts(operation);
        try {
            byte[] body = body(exchange);
            if (!now.errorCode().isEmpty()) {
                throw ServiceError.of(now.errorCode(), "The local endpoint was told to answer this.");
            }
            if (accepts && dice.hits(now.failedBefore())) {
                throw ServiceError.internalFailure();
            }
            result = operations.run(operation, encoding, body, now);
        } finally {
            bodyRoom.release(room);
        }
        if (accepts && dice.hits(now.failedAfter())) {
            throw ServiceError.internalFailure();
        }
        return accepts && dice.hits(now.hungUpAfter()) ? Optional.empty() : Optional.of(result);
    }

    private int takeRoom(HttpExchange exchange) throws ServiceError, IOException, InterruptedException {
        String declared = exchange.getRequestHeaders().getFirst("Content-Length");
        long length = declared == null ? mostBody : Long.parseLong(declared);
        if (length > mostBody) {
            throw unread(exchange, ServiceError.tooLargeBody(mostBody));
        }
        int room = (int) length;
        if (!bodyRoom.tryAcquire(room, WAIT_FOR_ROOM_SECONDS, TimeUnit.SECONDS)) {
            throw unread(exchange, ServiceError.of("ServiceUnavailable", "Too many requests at one time."));
        }
        return room;
    }

    private byte[] body(HttpExchange exchange) throws IOException, ServiceError {
        InputStream in = exchange.getRequestBody();
        byte[] body = in.readNBytes(mostBody);
        if (body.length == mostBody && in.read() >= 0) {
            throw unread(exchange, ServiceError.tooLargeBody(mostBody));
        }
        return body;
    }

    /**
     * Reads on to the end and throws away what comes: a client that still sends when its connection is reset never sees
     * the answer. Beyond the bound it has to live with that, and must not send another request on that connection.
     */
    private static ServiceError unread(HttpExchange exchange, ServiceError error) throws IOException {
        InputStream in = exchange.getRequestBody();
        byte[] away = new byte[8192];
        long left = MOST_THROWN_AWAY_BYTES;
        for (int read = in.read(away); read >= 0 && left > 0; read = in.read(away)) {
            left -= read;
        }
        exchange.getResponseHeaders().set("Connection", "close");
        return error;
    }

    private void control(HttpExchange exchange, String path) throws IOException {
        String request = exchange.getRequestMethod() + " " + path;
        switch (request) {
            case "GET /_local/stats" -> send(exchange, 200, json(), scoreAsJson());
            case "GET /_local/faults" -> send(exchange, 200, json(), ControlPath.write(faults));
            case "PUT /_local/faults" -> {
                try {
                    faults = ControlPath.read(exchange.getRequestBody().readNBytes(1 << 16));
                    send(exchange, 200, json(), ControlPath.write(faults));
                } catch (IllegalArgumentException e) {
                    sendText(exchange, 400, e.getMessage() + "\n");
                }
            }
            default -> sendText(exchange, 404, "PUT or GET /_local/faults, GET /_local/stats\n");
        }
    }

    private byte[] scoreAsJson() throws JsonProcessingException {
        return Encoding.JSON.mapper().writeValueAsBytes(score.get());
    }

    private static String json() {
        return "application/json";
    }

    private static void sendText(HttpExchange exchange, int status, String text) throws IOException {
        send(exchange, status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int status, String contentType, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", contentType);
        exchange.getResponseHeaders().set("x-amzn-RequestId", UUID.randomUUID().toString());
        // -1 says that there is no body; 0 would say that its length is not known.
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }
}
