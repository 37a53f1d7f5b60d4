package logstream.forward;

import static logstream.forward.Wire.ack;
import static logstream.forward.Wire.hex;
import static logstream.forward.Wire.join;
import static logstream.forward.Wire.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import logstream.forward.SecurityConfig.Proof;
import logstream.forward.SecurityConfig.Rule;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.MalformedCause;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Networks and handshakes over real sockets. */
@Timeout(60)
class SecurityServerTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Optional<Proof> KEY = Optional.of(new Proof(Secret.of("key"), Map.of()));
    private static final Optional<Proof> KEY_AND_USERS =
            Optional.of(new Proof(Secret.of("key"), Map.of("u", Secret.of("p"))));

    private final Metrics metrics = new Metrics();
    private final RecordingSink sink = new RecordingSink();
    private final List<Socket> clients = new ArrayList<>();
    private @Nullable ForwardServer server;

    @AfterEach
    void everythingIsGivenBack() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        ForwardServer running = server;
        if (running != null) {
            running.stop(Duration.ZERO, LONG);
            assertThat(sink.closed.get()).isEqualTo(sink.opened.get());
            assertThat(metrics.connectionsClosed.sum()).isEqualTo(metrics.connectionsOpened.sum());
        }
    }

    private ForwardServer start(int maxConnections, Duration handshakeTimeout, List<Rule> rules)
            throws ListenException {
        ForwardConfig config = new ForwardConfig(
                ForwardConfig.DEFAULT.withPort(0).listen(),
                maxConnections,
                ForwardConfig.DEFAULT.messageTimeout(),
                handshakeTimeout,
                ForwardConfig.DEFAULT.maxWaitingBytes(),
                MessageBounds.DEFAULT,
                new SecurityConfig(Optional.of("server.local"), rules),
                false,
                UnixConfig.DEFAULT,
                Optional.empty());
        ForwardServer started = ForwardServer.start(config, sink, metrics, InstantSource.system());
        server = started;
        return started;
    }

    private ForwardServer start(Optional<Proof> proof) throws ListenException {
        return start(10, LONG, SecurityConfig.forEverybody(proof));
    }

    private Socket connect(ForwardServer to, String from) throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), to.port(), InetAddress.ofLiteral(from), 0);
        client.setSoTimeout(30_000);
        clients.add(client);
        return client;
    }

    private Socket connect(ForwardServer to) throws IOException {
        return connect(to, "127.0.0.1");
    }

    private static void send(Socket client, byte[]... bytes) throws IOException {
        client.getOutputStream().write(join(bytes));
    }

    private static byte[] read(Socket client, int bytes) throws IOException {
        return client.getInputStream().readNBytes(bytes);
    }

    private static void sendAndAwaitAck(Socket client, int number) throws IOException {
        String chunk = "chunk" + number;
        send(client, message("grid.a", 1, "line " + number, chunk));
        assertThat(read(client, ack(chunk).length)).isEqualTo(ack(chunk));
    }

    /** The client's part, with the nonces that the server sent. */
    private static void shakeHands(Socket client, Handshaker handshaker, int authLength) throws IOException {
        byte[] helo = read(client, Handshaker.helo(new byte[16], new byte[authLength]).length);
        byte[] nonce = Arrays.copyOfRange(helo, 15, 31);
        byte[] auth = Arrays.copyOfRange(helo, 38, 38 + authLength);
        assertThat(helo).isEqualTo(Handshaker.helo(nonce, auth));
        send(client, handshaker.ping(nonce, auth));
        byte[] pong = handshaker.pong("server.local", nonce);
        assertThat(read(client, pong.length)).isEqualTo(pong);
    }

    @Test
    void eventsComeInBehindTheHandshake() throws Exception {
        Socket client = connect(start(KEY_AND_USERS));
        shakeHands(client, Handshaker.with("key", "u", "p"), 16);
        for (int number = 0; number < 5; number++) {
            sendAndAwaitAck(client, number);
        }
        assertThat(sink.events).hasSize(5);
    }

    @Test
    void withoutAKeyTheServerDoesNotSpeakFirst() throws Exception {
        Socket client = connect(start(Optional.empty()));
        sendAndAwaitAck(client, 1);
    }

    /** Docker writes on, without reading: the answer must not be destroyed by what nobody reads. */
    @Test
    void theReasonArrivesThoughTheSenderWritesOn() throws Exception {
        Socket client = connect(start(KEY));
        byte[] sent = join(message("grid.a", 1, "line"), new byte[1 << 20]);
        CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> {
            try {
                client.getOutputStream().write(sent);
                client.shutdownOutput();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        byte[] answer = client.getInputStream().readAllBytes();
        sender.join();

        byte[] refusal = Handshaker.refusal("a PING of 6 elements was expected, found an array of 4");
        assertThat(Arrays.copyOfRange(answer, answer.length - refusal.length, answer.length))
                .isEqualTo(refusal);
        await().untilAsserted(() -> assertThat(metrics.connectionsClosed.sum()).isOne());
        assertThat(metrics.malformed(MalformedCause.UNAUTHORIZED).sum()).isOne();
        assertThat(metrics.bytesReceived.sum()).isEqualTo(sent.length);
        assertThat(sink.opened).hasValue(0);
    }

    @Test
    void whoIsSilentInTheHandshakeIsClosed() throws Exception {
        ForwardServer started = start(1, Duration.ofMillis(50), SecurityConfig.forEverybody(KEY));
        for (byte[] begun : List.of(new byte[0], hex("96"), hex("96 a450494e47 aa 61"))) {
            Socket client = connect(started);
            send(client, begun);
            byte[] refusal = Handshaker.refusal("no PING within 0 s");
            byte[] answer = client.getInputStream().readAllBytes();
            assertThat(Arrays.copyOfRange(answer, answer.length - refusal.length, answer.length))
                    .isEqualTo(refusal);
            client.close();
        }
        await().untilAsserted(() ->
                assertThat(metrics.malformed(MalformedCause.UNAUTHORIZED).sum()).isEqualTo(3));
    }

    @Test
    void afterTheHandshakeSilenceIsAllowed() throws Exception {
        Duration timeout = Duration.ofMillis(500);
        Socket client = connect(start(1, timeout, SecurityConfig.forEverybody(KEY)));
        shakeHands(client, Handshaker.with("key"), 0);
        sendAndAwaitAck(client, 1);
        await().during(timeout.multipliedBy(2)).until(() -> metrics.connectionsClosed.sum() == 0);
        sendAndAwaitAck(client, 2);
    }

    @Test
    void whoMayNotConnectIsClosedAtOnceAndTakesNoPlace() throws Exception {
        ForwardServer started = start(1, LONG, List.of(new Rule(Network.parse("127.0.0.2"), Optional.empty())));
        for (int attempt = 0; attempt < 50; attempt++) {
            try (Socket refused = connect(started)) {
                assertThat(endOf(refused)).isTrue();
            }
        }
        Socket allowed = connect(started, "127.0.0.2");
        sendAndAwaitAck(allowed, 1);

        assertThat(metrics.connectionsRefused.sum()).isEqualTo(50);
        assertThat(metrics.connectionsOpened.sum()).isOne();
    }

    private static boolean endOf(Socket client) throws IOException {
        try {
            return client.getInputStream().read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    @Test
    void theLongestPrefixSaysWhichKeyHolds() throws Exception {
        Optional<Proof> other = Optional.of(new Proof(Secret.of("other"), Map.of()));
        ForwardServer started = start(
                10,
                LONG,
                List.of(
                        new Rule(Network.parse("127.0.0.0/8"), KEY),
                        new Rule(Network.parse("127.0.1.0/24"), other),
                        new Rule(Network.parse("127.0.1.1"), Optional.empty())));
        Socket wide = connect(started, "127.0.0.1");
        shakeHands(wide, Handshaker.with("key"), 0);
        sendAndAwaitAck(wide, 1);
        Socket narrow = connect(started, "127.0.1.2");
        shakeHands(narrow, Handshaker.with("other"), 0);
        sendAndAwaitAck(narrow, 2);
        sendAndAwaitAck(connect(started, "127.0.1.1"), 3);
    }

    @Test
    void refusedSendersTakeNoPlaceForLong() throws Exception {
        ForwardServer started = start(2, LONG, SecurityConfig.forEverybody(KEY));
        for (int attempt = 0; attempt < 20; attempt++) {
            try (Socket refused = connect(started)) {
                send(refused, hex("90"));
                assertThat(refused.getInputStream().readAllBytes()).isNotEmpty();
            }
        }
        Socket client = connect(started);
        shakeHands(client, Handshaker.with("key"), 0);
        sendAndAwaitAck(client, 1);
        assertThat(metrics.malformed(MalformedCause.UNAUTHORIZED).sum()).isEqualTo(20);
    }

    @Test
    void stoppingEndsHandshakes() throws Exception {
        ForwardServer started = start(KEY);
        Socket client = connect(started);
        byte[] helo = read(client, Handshaker.helo(new byte[16], new byte[0]).length);
        assertThat(helo).startsWith(0x92);
        started.stop(Duration.ofMillis(20), LONG);
        assertThat(endOf(client)).isTrue();
        assertThat(started.connections()).isZero();
    }
}
