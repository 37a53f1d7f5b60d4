package logstream.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both ends of the control socket, over a real one. */
class ControlSocketTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(50);

    @TempDir
    Path folder;

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private ControlServer start(ControlAction action) throws IOException {
        return ControlServer.start(folder, Map.of("count", action), LONG);
    }

    private ObjectNode ask(String command, ObjectNode request) throws IOException, RefusedException {
        return ControlClient.ask(folder, command, request, LONG, soFar -> {});
    }

    /** Sends bytes as they are, and gives the first line of the answer; empty when there is none. */
    private Optional<String> sendRaw(String text) throws IOException {
        SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(ControlSocket.in(folder)));
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        try (Lines lines = new Lines(channel)) {
            return lines.read(LONG);
        }
    }

    @Test
    void anActionGetsItsRequestAndItsAnswersArrive() throws Exception {
        List<ObjectNode> requests = new ArrayList<>();
        List<String> progress = new ArrayList<>();
        try (ControlServer _ = start((request, tell) -> {
            requests.add(request);
            assertThat(tell.tell(object().put("at", 1))).isTrue();
            assertThat(tell.tell(object().put("at", 2))).isTrue();
            return object().put("sum", 3);
        })) {
            ObjectNode done = ControlClient.ask(
                    folder, "count", object().put("to", 2), LONG, soFar -> progress.add(soFar.toString()));

            assertThat(done.toString()).isEqualTo("{\"sum\":3}");
            assertThat(progress).containsExactly("{\"at\":1}", "{\"at\":2}");
            assertThat(requests.toString()).isEqualTo("[{\"to\":2,\"command\":\"count\"}]");
        }
    }

    @Test
    void aRefusalIsASentence() throws Exception {
        try (ControlServer _ = start((request, tell) -> {
            throw new RefusedException("not today");
        })) {
            assertThatThrownBy(() -> ask("count", object()))
                    .isInstanceOf(RefusedException.class)
                    .hasMessage("not today");
            assertThatThrownBy(() -> ask("cuont", object()))
                    .isInstanceOf(RefusedException.class)
                    .hasMessage("this agent knows no command 'cuont'; it knows count");
        }
    }

    @Test
    void aBugInAnActionIsToldAndEndsNothingElse() throws Exception {
        AtomicBoolean first = new AtomicBoolean(true);
        try (ControlServer _ = start((request, tell) -> {
            if (first.getAndSet(false)) {
                throw new IllegalStateException("a bug made for this test");
            }
            return object();
        })) {
            assertThatThrownBy(() -> ask("count", object()))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("a bug ended it");
            assertThat(ask("count", object())).isEmpty();
        }
    }

    @Test
    void whatIsNoRequestIsRefused() throws Exception {
        try (ControlServer _ = start((request, tell) -> object())) {
            assertThat(sendRaw("hello\n").orElse("")).startsWith("{\"refused\":\"a line that is no JSON");
            assertThat(sendRaw("[1]\n"))
                    .hasValue("{\"refused\":\"a line that is no JSON object: that is no request\"}");
            assertThat(sendRaw("{}\n").orElse("")).contains("knows no command ''");
            assertThat(sendRaw("x".repeat(ControlSocket.MAX_LINE_BYTES + 1)))
                    .hasValue("{\"refused\":\"a line is longer than 65536 bytes: that is no request\"}");
            assertThat(ask("count", object())).as("the next one").isEmpty();
        }
    }

    @Test
    void onlyTheUserOfTheAgentMayOpenIt() throws Exception {
        try (ControlServer _ = start((request, tell) -> object())) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(ControlSocket.in(folder))))
                    .isEqualTo("rw-------");
            try (var listing = Files.list(folder)) {
                assertThat(listing).containsExactly(ControlSocket.in(folder));
            }
        }
    }

    @Test
    void theFileOfAKilledAgentIsReplaced() throws Exception {
        try (ServerSocketChannel old = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            old.bind(UnixDomainSocketAddress.of(ControlSocket.in(folder)));
        }
        Files.createDirectory(folder.resolve(".new"));
        Files.createFile(folder.resolve(".new").resolve("s"));
        assertThat(ControlClient.answers(folder)).isFalse();

        try (ControlServer _ = start((request, tell) -> object().put("new", true))) {
            assertThat(ask("count", object()).toString()).isEqualTo("{\"new\":true}");
        }
        assertThat(ControlSocket.in(folder)).doesNotExist();
    }

    @Test
    void withoutAnAgentThatIsSaid() throws Exception {
        assertThat(ControlClient.answers(folder)).isFalse();
        assertThatThrownBy(() -> ask("count", object()))
                .isInstanceOf(NoAgentException.class)
                .hasMessage("there is no socket " + ControlSocket.in(folder));
        start((request, tell) -> object()).close();
        Files.createFile(ControlSocket.in(folder));
        assertThatThrownBy(() -> ask("count", object()))
                .isInstanceOf(NoAgentException.class)
                .hasMessageStartingWith("nobody answers at " + ControlSocket.in(folder));
    }

    @Test
    void aPathMayBeAsLongAsTheSystemAllows() throws Exception {
        int left = ControlSocket.MAX_PATH_BYTES
                - ControlSocket.in(folder).toString().length()
                - 1;
        Path longest = Files.createDirectory(folder.resolve("x".repeat(left)));
        assertThat(ControlSocket.in(longest).toString()).hasSize(106);
        try (ControlServer _ = ControlServer.start(longest, Map.of("count", (request, tell) -> object()))) {
            assertThat(ControlClient.answers(longest)).isTrue();
        }

        Path tooLong = Files.createDirectory(folder.resolve("x".repeat(left + 1)));
        assertThatThrownBy(() -> ControlServer.start(tooLong, Map.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is longer than the 106 bytes that a socket may have");
        assertThatThrownBy(() -> ControlClient.ask(tooLong, "count", object(), LONG, soFar -> {}))
                .isInstanceOf(NoAgentException.class)
                .hasMessageContaining("106");
    }

    @Test
    void aFewAreServedAtOnce() throws Exception {
        CountDownLatch letGo = new CountDownLatch(1);
        CountDownLatch busy = new CountDownLatch(4);
        try (ControlServer _ = start((request, tell) -> {
                    busy.countDown();
                    awaitQuietly(letGo);
                    return object();
                });
                ExecutorService threads = Executors.newCachedThreadPool()) {
            List<Future<ObjectNode>> asked = new ArrayList<>();
            for (int one = 0; one < 4; one++) {
                asked.add(threads.submit(() -> ask("count", object())));
            }
            awaitQuietly(busy);
            assertThatThrownBy(() -> ask("count", object()))
                    .isInstanceOf(RefusedException.class)
                    .hasMessage("the agent is busy with 4 other requests; try again later");

            letGo.countDown();
            for (Future<ObjectNode> one : asked) {
                assertThat(one.get()).isEmpty();
            }
            await("a free slot").until(() -> ask("count", object()).isEmpty());
        }
    }

    @Test
    void whoSaysNothingIsNotWaitedForLong() throws Exception {
        try (ControlServer _ = ControlServer.start(folder, Map.of(), SHORT)) {
            SocketChannel silent = SocketChannel.open(UnixDomainSocketAddress.of(ControlSocket.in(folder)));
            try (Lines lines = new Lines(silent)) {
                assertThat(lines.read(LONG)).as("the agent hangs up").isEmpty();
            }
        }
    }

    @Test
    void aSilentAgentIsNotWaitedForLong() throws Exception {
        CountDownLatch letGo = new CountDownLatch(1);
        try (ControlServer _ = start((request, tell) -> {
            awaitQuietly(letGo);
            return object();
        })) {
            assertThatThrownBy(() -> ControlClient.ask(folder, "count", object(), SHORT, soFar -> {}))
                    .isInstanceOf(SocketTimeoutException.class);
            letGo.countDown();
        }
    }

    @Test
    void anActionLearnsThatNobodyListensAnyMore() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch hungUp = new CountDownLatch(1);
        AtomicBoolean listens = new AtomicBoolean(true);
        try (ControlServer _ = start((request, tell) -> {
            begun.countDown();
            awaitQuietly(hungUp);
            // What is written first may still find room on its way.
            boolean first = tell.tell(object());
            boolean second = tell.tell(object());
            listens.set(first && second);
            return object();
        })) {
            try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(ControlSocket.in(folder)))) {
                client.write(ByteBuffer.wrap("{\"command\":\"count\"}\n".getBytes(StandardCharsets.UTF_8)));
                awaitQuietly(begun);
            }
            hungUp.countDown();
            await("the action to know").until(() -> !listens.get());
        }
    }

    @Test
    void whenTheAgentEndsTheLastAnswersStillGoOut() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch ending = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            ControlServer server = start((request, tell) -> {
                begun.countDown();
                awaitQuietly(ending);
                return object().put("last", true);
            });
            Future<ObjectNode> answer = threads.submit(() -> ask("count", object()));
            awaitQuietly(begun);
            server.stop();
            assertThat(ControlSocket.in(folder)).doesNotExist();
            ending.countDown();
            server.close();

            assertThat(answer.get().toString()).isEqualTo("{\"last\":true}");
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
