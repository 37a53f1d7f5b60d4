package logstream.kinesis;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * On loopback, what gives credentials to containers: the endpoint of ECS tasks and EKS pods ({@code /task}), the metadata of
 * an EC2 instance, and the token service. The n-th credentials of each have the access keys TASK-n, INSTANCE-n, WEB-n.
 */
final class CredentialSources implements AutoCloseable {
    /** Requests, as method, path and what of headers and form matters. */
    final List<String> asked = new CopyOnWriteArrayList<>();

    /** When the credentials that are given out end. */
    volatile Instant expiration = Instant.parse("2099-01-01T00:00:00Z");

    /** Whether the answer to the instance's PUT arrives: not, across one hop too many. */
    volatile boolean tokenArrives = true;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private int given;

    CredentialSources() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/task", exchange -> {
            note(exchange, "Authorization");
            send(exchange, 200, json("TASK"));
        });
        server.createContext("/latest/api/token", exchange -> {
            note(exchange, "x-aws-ec2-metadata-token-ttl-seconds");
            send(exchange, tokenArrives ? 200 : 403, "token-of-the-instance");
        });
        server.createContext("/latest/meta-data/iam/security-credentials/", this::instance);
        server.createContext("/latest/meta-data/iam/security-credentials-extended/", exchange -> {
            note(exchange, "x-aws-ec2-metadata-token");
            send(exchange, 404, "");
        });
        server.createContext("/", this::tokenService);
        server.setExecutor(threads);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void note(HttpExchange exchange, String header) {
        String value = exchange.getRequestHeaders().getFirst(header);
        asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath()
                + (value == null ? "" : " " + header.toLowerCase(Locale.ROOT) + "=" + value));
    }

    private void instance(HttpExchange exchange) throws IOException {
        note(exchange, "x-aws-ec2-metadata-token");
        boolean token = exchange.getRequestHeaders().containsKey("x-aws-ec2-metadata-token");
        boolean role = exchange.getRequestURI().getPath().endsWith("/the-role");
        send(exchange, token ? 200 : 401, role ? json("INSTANCE") : "the-role");
    }

    private void tokenService(HttpExchange exchange) throws IOException {
        String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        asked.add("STS "
                + String.join(
                        " ",
                        Arrays.stream(form.split("&", -1))
                                .map(pair -> URLDecoder.decode(pair, StandardCharsets.UTF_8))
                                .filter(pair -> pair.matches("(Action|RoleArn|WebIdentityToken)=.*"))
                                .sorted()
                                .toList()));
        send(
                exchange,
                200,
                "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>"
                        + next("WEB") + "</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
                        + "<SessionToken>t</SessionToken><Expiration>" + expiration + "</Expiration></Credentials>"
                        + "</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>");
    }

    private String json(String kind) {
        return "{\"Code\":\"Success\",\"AccessKeyId\":\"" + next(kind)
                + "\",\"SecretAccessKey\":\"s\",\"Token\":\"t\",\"Expiration\":\"" + expiration + "\"}";
    }

    private synchronized String next(String kind) {
        given++;
        return kind + "-" + given;
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            if (bytes.length > 0) {
                exchange.getResponseBody().write(bytes);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
