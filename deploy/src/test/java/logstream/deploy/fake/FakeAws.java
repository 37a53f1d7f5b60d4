package logstream.deploy.fake;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The endpoint of CloudFormation (Query protocol), Kinesis (JSON) and CloudWatch (CBOR), on a free port of loopback.
 *
 * <p>Threading: one request at a time; the test changes it only while none is under way, and may count calls at any time.
 */
public final class FakeAws implements AutoCloseable {
    /** How a call fails before it is looked at. */
    private record Failure(int status, String code, String message) {}

    /** What a call answers: body and content type. */
    private record Answer(int status, String type, byte[] body) {}

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ObjectMapper CBOR = new ObjectMapper(new CBORFactory());

    private final HttpServer server;
    private final CloudFormationCalls cloudFormation = new CloudFormationCalls();
    private final Map<String, Deque<Failure>> failures = new HashMap<>();
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final Map<String, Map<String, Object>> answers = new HashMap<>();

    /** A call that came in. */
    public record Call(String action, Map<String, String> arguments) {}

    public FakeAws() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::handle);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** A stack that is there already. */
    public FakeStack stack(String name, String status) {
        return cloudFormation.add(new FakeStack(name, status));
    }

    /** The next operation on a stack goes as the events of this name; each later call adds one more operation. */
    public FakeAws next(String events) {
        cloudFormation.scripts.add(Events.named(events));
        return this;
    }

    /** The next change set that is created has these changes: resource, type, action, replacement, property, before, after. */
    public FakeAws planned(List<List<String>> changes) {
        cloudFormation.plans.add(changes);
        return this;
    }

    /** The next {@code times} calls of an action fail. */
    public FakeAws fail(String action, int times, int status, String code, String message) {
        for (int at = 0; at < times; at++) {
            failures.computeIfAbsent(action, any -> new ArrayDeque<>()).add(new Failure(status, code, message));
        }
        return this;
    }

    /** What an action of Kinesis or CloudWatch answers from now on. */
    public FakeAws answer(String action, Map<String, Object> members) {
        answers.put(action, members);
        return this;
    }

    /** Time passes for all stacks. */
    public void advance() {
        cloudFormation.stacks.forEach(FakeStack::advance);
    }

    public List<Call> calls(String action) {
        return calls.stream().filter(call -> call.action.equals(action)).toList();
    }

    private void handle(HttpExchange exchange) throws IOException {
        Answer answer;
        try {
            answer = answer(exchange);
        } catch (RuntimeException e) {
            answer = new Answer(500, "text/plain", e.toString().getBytes(StandardCharsets.UTF_8));
        }
        exchange.getResponseHeaders().add("Content-Type", answer.type);
        if (answer.type.equals("application/cbor")) {
            exchange.getResponseHeaders().add("smithy-protocol", "rpc-v2-cbor");
        }
        exchange.sendResponseHeaders(answer.status, answer.body.length);
        exchange.getResponseBody().write(answer.body);
        exchange.close();
    }

    private Answer answer(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String path = exchange.getRequestURI().getPath();
        String target = Optional.ofNullable(exchange.getRequestHeaders().getFirst("X-Amz-Target"))
                .orElse("");
        if (path.contains("/operation/")) {
            String action = path.substring(path.lastIndexOf('/') + 1);
            calls.add(new Call(action, Map.of()));
            return new Answer(200, "application/cbor", CBOR.writeValueAsBytes(known(action)));
        }
        if (!target.isEmpty()) {
            String action = target.substring(target.indexOf('.') + 1);
            Map<String, String> arguments = new LinkedHashMap<>();
            JSON.readTree(body)
                    .properties()
                    .forEach(one -> arguments.put(one.getKey(), one.getValue().asText()));
            calls.add(new Call(action, arguments));
            return new Answer(200, "application/x-amz-json-1.1", JSON.writeValueAsBytes(known(action)));
        }
        return query(form(new String(body, StandardCharsets.UTF_8)));
    }

    private Map<String, Object> known(String action) {
        Map<String, Object> answer = answers.get(action);
        if (answer == null) {
            throw new IllegalStateException("nothing is prepared for " + action);
        }
        return answer;
    }

    private Answer query(Map<String, String> form) {
        String action = form.getOrDefault("Action", "");
        calls.add(new Call(action, form));
        Failure failure = failures.getOrDefault(action, new ArrayDeque<>()).poll();
        if (failure != null) {
            return xml(failure.status, Xml.error(failure.code, failure.message));
        }
        try {
            return xml(200, Xml.answer(action, cloudFormation.call(action, form)));
        } catch (CloudFormationCalls.Refused refused) {
            return xml(400, Xml.error(refused.code(), String.valueOf(refused.getMessage())));
        }
    }

    private static Answer xml(int status, String text) {
        return new Answer(status, "text/xml", text.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, String> form(String body) {
        Map<String, String> form = new LinkedHashMap<>();
        for (String one : body.split("&", -1)) {
            int equals = one.indexOf('=');
            form.put(one.substring(0, equals), URLDecoder.decode(one.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return form;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
