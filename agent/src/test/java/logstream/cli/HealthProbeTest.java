package logstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a health check learns. */
class HealthProbeTest {
    @TempDir
    private Path folder;

    private record Answer(boolean healthy, String said) {}

    private static Answer ask(Path file) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        boolean healthy = HealthProbe.ask(file, new PrintStream(said, true, StandardCharsets.UTF_8));
        return new Answer(healthy, said.toString(StandardCharsets.UTF_8));
    }

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("monitor"), content);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0"})
    void anAgentThatAnswersLives(String address) throws IOException {
        HttpServer server = answering(200);
        try {
            Path file = file(address + " " + server.getAddress().getPort() + "\n");
            assertThat(ask(file)).isEqualTo(new Answer(true, ""));
        } finally {
            server.stop(0);
        }
    }

    @Test
    void anotherAnswerIsNone() throws IOException {
        HttpServer server = answering(503);
        try {
            String place = "127.0.0.1 " + server.getAddress().getPort();
            assertThat(ask(file(place)))
                    .isEqualTo(new Answer(false, "the agent at " + place + " answers 'HTTP/1.1 503'\n"));
        } finally {
            server.stop(0);
        }
    }

    @Test
    void whereNobodyListensNobodyLives() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        Answer answer = ask(file("127.0.0.1 " + port));

        assertThat(answer.healthy()).isFalse();
        assertThat(answer.said())
                .startsWith("no agent answers at 127.0.0.1 " + port)
                .contains("refused");
    }

    @Test
    void anAgentThatHasNotStartedHasLeftNoFile() {
        Answer answer = ask(folder.resolve("monitor"));

        assertThat(answer.healthy()).isFalse();
        assertThat(answer.said()).contains("NoSuchFileException");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "127.0.0.1", "127.0.0.1 x", "127.0.0.1 99999"})
    void aFileThatIsNoneOfOursIsNoAgent(String content) throws IOException {
        assertThat(ask(file(content)).healthy()).isFalse();
    }

    private static HttpServer answering(int status) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
        server.createContext("/healthz", exchange -> {
            // As the agent does: a name that is not known to be its own gets no answer.
            boolean byAddress = "127.0.0.1".equals(exchange.getRequestHeaders().getFirst("Host"));
            exchange.sendResponseHeaders(byAddress ? status : 421, -1);
            exchange.close();
        });
        server.start();
        return server;
    }
}
