package logstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a health check learns from {@code logstream health}. */
class HealthCommandTest {
    @TempDir
    private Path folder;

    private record Outcome(int exitCode, String out, String err) {}

    private Outcome health(String bind, int port) throws IOException {
        Path config = Files.writeString(
                folder.resolve("logstream.yml"), """
                kinesis:
                  stream: logs
                monitor:
                  bind: "%s"
                  port: %d
                """.formatted(bind, port));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Logstream.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute("health", "--config", config.toString());
        return new Outcome(exitCode, out.toString(), err.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0"})
    void anAgentThatAnswersLives(String bind) throws IOException {
        HttpServer server = answering(200);
        try {
            assertThat(health(bind, server.getAddress().getPort())).isEqualTo(new Outcome(0, "ok\n", ""));
        } finally {
            server.stop(0);
        }
    }

    @Test
    void anotherAnswerIsNone() throws IOException {
        HttpServer server = answering(503);
        int port = server.getAddress().getPort();
        try {
            assertThat(health("127.0.0.1", port))
                    .isEqualTo(new Outcome(
                            1, "", "logstream: http://127.0.0.1:" + port + "/healthz answered 503\n"));
        } finally {
            server.stop(0);
        }
    }

    @Test
    void wherePortsAreClosedNobodyLives() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }

        Outcome outcome = health("127.0.0.1", port);

        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.err())
                .startsWith("logstream: no answer from http://127.0.0.1:" + port + "/healthz: ")
                .contains("refused");
    }

    @Test
    void aPortThatTheSystemChoosesIsNotKnown() throws IOException {
        Outcome outcome = health("127.0.0.1", 0);

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).startsWith("logstream: monitor.port is 0");
    }

    private static HttpServer answering(int status) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
        server.createContext("/healthz", exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        return server;
    }
}
