package logstream.forward;

import static java.nio.charset.StandardCharsets.UTF_8;
import static logstream.forward.Wire.ack;
import static logstream.forward.Wire.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import logstream.Symptom;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.MalformedCause;
import logstream.metrics.Metrics.TlsFailure;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Everything that messages come over, and what connections cost while nothing comes. */
@Timeout(60)
class TransportsTest {
    private static final ListenAddress TCP = new ListenAddress.Tcp("127.0.0.1", 0);

    private final Metrics metrics = new Metrics();
    private final RecordingSink sink = new RecordingSink();
    private final SharedPools pools = SharedPools.of(ForwardServer.turns(), 1 << 20, 8 << 20);
    private final List<AutoCloseable> clients = new ArrayList<>();
    private final AtomicLong ahead = new AtomicLong();
    private @Nullable ForwardServer server;

    /** About a second of them. */
    private static final int LOOKS_BEFORE_ANOTHER_ROUND = 10;

    @TempDir
    private Path folder;

    @AfterEach
    void everythingIsGivenBack() throws Exception {
        for (AutoCloseable client : clients) {
            client.close();
        }
        ForwardServer running = server;
        if (running != null) {
            running.stop(Duration.ZERO, Duration.ofSeconds(30));
            await().until(() -> running.connections() == 0);
            assertThat(pools.windows().inUse()).isZero();
            assertThat(pools.held().total()).isZero();
            assertThat(sink.closed.get()).isEqualTo(sink.opened.get());
            assertThat(metrics.connectionsClosed.sum()).isEqualTo(metrics.connectionsOpened.sum());
        }
    }

    private ForwardServer start(Optional<TlsConfig> tls, ListenAddress... addresses) throws ListenException {
        ForwardConfig usual = ForwardConfig.DEFAULT;
        ForwardConfig config = new ForwardConfig(
                List.of(addresses),
                100,
                usual.messageTimeout(),
                usual.handshakeTimeout(),
                usual.maxWaitingBytes(),
                usual.bounds(),
                usual.security(),
                true,
                new UnixConfig(0620, Optional.empty(), Optional.empty()),
                tls);
        ForwardServer started = ForwardServer.start(
                config,
                new ForwardServer.Parts(
                        sink,
                        metrics,
                        InstantSource.system(),
                        pools,
                        () -> System.nanoTime() + ahead.get(),
                        ServerSocketChannel::accept));
        server = started;
        return started;
    }

    private ForwardServer start(ListenAddress... addresses) throws ListenException {
        return start(Optional.empty(), addresses);
    }

    private static int port(ForwardServer started, String scheme) {
        Matcher matcher = Pattern.compile(scheme + "://[^,]*:(\\d+)").matcher(started.listening());
        assertThat(matcher.find()).as(started.listening()).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    private Socket connect(int port) throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), port);
        client.setSoTimeout(30_000);
        clients.add(client);
        return client;
    }

    private SSLSocket connect(SSLContext context, int port, String... protocols) throws IOException {
        SSLSocket client = (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
        client.setSoTimeout(30_000);
        if (protocols.length > 0) {
            client.setEnabledProtocols(protocols);
        }
        clients.add(client);
        return client;
    }

    private static void sendAndAwaitAck(Socket client, String chunk) throws IOException {
        client.getOutputStream().write(message("grid.a", 1, "line", chunk));
        assertThat(client.getInputStream().readNBytes(ack(chunk).length)).isEqualTo(ack(chunk));
    }

    private static void sendAndAwaitAck(SocketChannel client, String chunk) throws IOException {
        client.write(ByteBuffer.wrap(message("grid.a", 1, "line", chunk)));
        ByteBuffer answer = ByteBuffer.allocate(ack(chunk).length);
        while (answer.hasRemaining() && client.read(answer) >= 0) {}
        assertThat(answer.array()).isEqualTo(ack(chunk));
    }

    private SocketChannel connect(Path socket) throws IOException {
        SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX);
        clients.add(client);
        client.connect(UnixDomainSocketAddress.of(socket));
        return client;
    }

    @Test
    void listensOnSeveralAddressesAtOnce() throws Exception {
        Path socket = folder.resolve("forward.sock");
        ForwardServer started = start(TCP, new ListenAddress.Tcp("::1", 0), new ListenAddress.Unix(socket));
        sendAndAwaitAck(connect(started.port()), "one");
        Matcher six = Pattern.compile("tcp://\\[::1]:(\\d+)").matcher(started.listening());
        assertThat(six.find()).as(started.listening()).isTrue();
        Socket overSix = new Socket(InetAddress.ofLiteral("::1"), Integer.parseInt(six.group(1)));
        clients.add(overSix);
        sendAndAwaitAck(overSix, "two");
        sendAndAwaitAck(connect(socket), "three");
        assertThat(sink.events).hasSize(3);
        assertThat(started.listening()).endsWith(",unix://" + socket);
    }

    @Test
    void anAddressThatCannotBeListenedOnFreesThoseBefore() throws Exception {
        try (ServerSocketChannel taken = ServerSocketChannel.open()) {
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int takenPort = taken.socket().getLocalPort();
            Path socket = folder.resolve("forward.sock");
            assertThatThrownBy(
                            () -> start(new ListenAddress.Unix(socket), new ListenAddress.Tcp("127.0.0.1", takenPort)))
                    .isInstanceOfSatisfying(
                            ListenException.class,
                            refused -> assertThat(refused.url()).isEqualTo("tcp://127.0.0.1:" + takenPort));
            assertThat(socket).doesNotExist();
        }
    }

    @Test
    void aUnixSocketHasItsModeAndGoesWithTheServer() throws Exception {
        Path socket = folder.resolve("forward.sock");
        ForwardServer started = start(new ListenAddress.Unix(socket));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                .isEqualTo("rw--w----");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(socket);
        }
        sendAndAwaitAck(connect(socket), "one");
        started.stop(Duration.ZERO, Duration.ofSeconds(30));
        assertThat(socket).doesNotExist();
    }

    @Test
    void aSocketThatADeadAgentLeftIsReplacedAndALiveOneIsNot() throws Exception {
        Path socket = folder.resolve("forward.sock");
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(socket).exists();
        start(new ListenAddress.Unix(socket));
        sendAndAwaitAck(connect(socket), "one");
        assertThatThrownBy(() -> ForwardServer.start(
                        ForwardConfig.DEFAULT.withListen(List.of(new ListenAddress.Unix(socket))),
                        sink,
                        metrics,
                        InstantSource.system()))
                .isInstanceOfSatisfying(
                        ListenException.class,
                        refused -> assertThat(refused.advice()).startsWith("is another agent running?"));
        sendAndAwaitAck(connect(socket), "two");
    }

    @Test
    void whatIsNoSocketIsLeftAlone() throws Exception {
        Path file = Files.writeString(folder.resolve("notes"), "mine");
        assertThatThrownBy(() -> start(new ListenAddress.Unix(file))).isInstanceOf(ListenException.class);
        assertThat(file).hasContent("mine");
        assertThatThrownBy(() -> start(new ListenAddress.Unix(folder.resolve("missing/forward.sock"))))
                .isInstanceOf(ListenException.class)
                .hasMessageContaining("create it");
    }

    @Test
    void aDatagramIsAnsweredWithOneByte() throws Exception {
        ForwardServer started = start(TCP);
        try (DatagramSocket heart = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            heart.setSoTimeout(30_000);
            heart.send(new DatagramPacket(new byte[128], 128, InetAddress.getLoopbackAddress(), started.port()));
            DatagramPacket answer = new DatagramPacket(new byte[16], 16);
            heart.receive(answer);
            assertThat(answer.getLength()).isEqualTo(1);
            assertThat(answer.getData()[0]).isZero();
        }
        await().until(() -> metrics.heartbeatsAnswered.sum() == 1);
    }

    private TlsConfig tls(Certificates own, Optional<Path> clientCa, TlsConfig.Version version) throws Exception {
        return new TlsConfig(
                own.certificate(folder.resolve("own.pem")), own.key(folder.resolve("own.key")), clientCa, version, 10);
    }

    private ForwardServer startTls(TlsConfig config) throws ListenException {
        return start(Optional.of(config), TCP, new ListenAddress.Tls("127.0.0.1", 0));
    }

    @Test
    void messagesComeOverTls() throws Exception {
        Certificates own = Certificates.make(folder, "agent");
        ForwardServer started = startTls(tls(own, Optional.empty(), TlsConfig.Version.V1_2));
        for (String version : List.of("TLSv1.2", "TLSv1.3")) {
            SSLSocket client = connect(Certificates.client(own), port(started, "tls"), version);
            for (int line = 0; line < 20; line++) {
                sendAndAwaitAck(client, version + line);
            }
            assertThat(client.getSession().getProtocol()).isEqualTo(version);
        }
        sendAndAwaitAck(connect(started.port()), "plain");
        assertThat(sink.events).hasSize(41);
    }

    @Test
    void anOldVersionIsRefused() throws Exception {
        Certificates own = Certificates.make(folder, "agent");
        ForwardServer started = startTls(tls(own, Optional.empty(), TlsConfig.Version.V1_3));
        SSLSocket old = connect(Certificates.client(own), port(started, "tls"), "TLSv1.2");
        assertThatThrownBy(old::startHandshake).isInstanceOf(IOException.class);
        await().until(() -> metrics.tlsFailed(TlsFailure.FAILED).sum() == 1);
        sendAndAwaitAck(connect(Certificates.client(own), port(started, "tls")), "new");
    }

    @Test
    @Symptom("A sender gets no TLS connection")
    void whoSpeaksNoTlsIsClosedAndCounted() throws Exception {
        Certificates own = Certificates.make(folder, "agent");
        ForwardServer started = startTls(tls(own, Optional.empty(), TlsConfig.Version.V1_2));
        Socket plain = connect(port(started, "tls"));
        plain.getOutputStream().write(message("grid.a", 1, "line", "one"));
        assertThat(plain.getInputStream().read()).isEqualTo(-1);
        await().until(() -> metrics.tlsFailed(TlsFailure.PLAIN_TEXT).sum() == 1);
        assertThat(sink.events).isEmpty();
    }

    @Test
    void sendersMustShowACertificateThatTheCaSigned() throws Exception {
        Certificates own = Certificates.make(folder, "agent");
        Certificates sender = Certificates.make(folder, "sender");
        Certificates stranger = Certificates.make(folder, "stranger");
        Path ca = sender.certificate(folder.resolve("ca.pem"));
        ForwardServer started = startTls(tls(own, Optional.of(ca), TlsConfig.Version.V1_2));
        int port = port(started, "tls");
        sendAndAwaitAck(connect(Certificates.client(sender, own), port), "known");
        for (SSLContext unknown : List.of(Certificates.client(stranger, own), Certificates.client(own))) {
            SSLSocket client = connect(unknown, port, "TLSv1.2");
            assertThatThrownBy(() -> sendAndAwaitAck(client, "unknown")).isInstanceOf(IOException.class);
        }
        await().until(() -> metrics.tlsFailed(TlsFailure.UNTRUSTED).sum() == 2);
        assertThat(sink.events).hasSize(1);
    }

    @Test
    void aNewCertificateIsUsedAndAHalfWrittenOneIsNot() throws Exception {
        Certificates first = Certificates.make(folder, "first");
        Certificates second = Certificates.make(folder, "second");
        TlsConfig config = tls(first, Optional.empty(), TlsConfig.Version.V1_2);
        ForwardServer started = startTls(config);
        int port = port(started, "tls");
        sendAndAwaitAck(connect(Certificates.client(first), port), "one");

        second.certificate(config.certificate());
        ahead.addAndGet(Duration.ofMinutes(1).toNanos());
        sendAndAwaitAck(connect(Certificates.client(first), port), "the old pair, as the new key is missing");

        second.key(config.key());
        ahead.addAndGet(Duration.ofMinutes(1).toNanos());
        sendAndAwaitAck(connect(Certificates.client(second), port), "two");
        SSLSocket old = connect(Certificates.client(first), port);
        assertThatThrownBy(old::startHandshake).isInstanceOf(SSLException.class);
    }

    @Test
    void aConnectionWithNothingToSayHasNoThreadAndGoesOn() throws Exception {
        Path socket = folder.resolve("forward.sock");
        Certificates own = Certificates.make(folder, "agent");
        ForwardServer started = start(
                Optional.of(tls(own, Optional.empty(), TlsConfig.Version.V1_2)),
                TCP,
                new ListenAddress.Tls("127.0.0.1", 0),
                new ListenAddress.Unix(socket));
        Socket tcp = connect(started.port());
        SSLSocket tls = connect(Certificates.client(own), port(started, "tls"));
        SocketChannel unix = connect(socket);
        await().until(() -> started.connections() == 3);
        assertThat(started.awake()).isZero();
        AtomicInteger rounds = new AtomicInteger();
        Callable<Void> round = () -> {
            // Who was waited for only a moment keeps its thread.
            ahead.addAndGet(Duration.ofSeconds(1).toNanos());
            int number = rounds.getAndIncrement();
            sendAndAwaitAck(tcp, "tcp" + number);
            sendAndAwaitAck(tls, "tls" + number);
            sendAndAwaitAck(unix, "unix" + number);
            return null;
        };
        round.call();
        for (int sleep = 0; sleep < 2; sleep++) {
            round.call();
            AtomicInteger looks = new AtomicInteger();
            await().until(() -> {
                // Time went on before the agent had begun to wait: one more round makes up for it.
                if (started.awake() > 0 && looks.incrementAndGet() % LOOKS_BEFORE_ANOTHER_ROUND == 0) {
                    round.call();
                }
                return started.awake() == 0;
            });
            assertThat(started.connections()).isEqualTo(3);
        }
        assertThat(sink.events).hasSize(3 * rounds.get());
        assertThat(sink.closed.get()).as("intakes are given back").isEqualTo(sink.opened.get());
    }

    @Test
    void whatAConnectionSpeaksIsRememberedWhileItSleeps() throws Exception {
        ForwardServer started = start(TCP);
        Socket client = connect(started.port());
        for (int round = 0; round < 2; round++) {
            client.getOutputStream().write("[\"grid.a\", 1, {\"log\":\"line\"}, {\"chunk\":\"c\"}]\n".getBytes(UTF_8));
            assertThat(new String(client.getInputStream().readNBytes(11), UTF_8))
                    .isEqualTo("{\"ack\":\"c\"}");
            await().until(() -> started.awake() == 0);
        }
        assertThat(sink.events).hasSize(2);
        assertThat(metrics.malformed(MalformedCause.NOT_JSON).sum()).isZero();
    }

    @Test
    void whoStopsInsideAMessageIsClosedAfterTheTimeoutAndWhoIsSilentBetweenIsNot() throws Exception {
        ForwardServer started = start(TCP);
        Socket half = connect(started.port());
        Socket silent = connect(started.port());
        sendAndAwaitAck(silent, "one");
        byte[] whole = message("grid.a", 1, "line", "two");
        half.getOutputStream().write(whole, 0, whole.length - 5);
        await().until(() ->
                metrics.bytesReceived.sum() == whole.length - 5 + message("grid.a", 1, "line", "one").length);
        await().until(() -> pools.held().total() > 0);

        ahead.addAndGet(Duration.ofSeconds(61).toNanos());
        started.expire();

        assertThat(half.getInputStream().read()).isEqualTo(-1);
        await().until(() -> pools.held().total() == 0);
        assertThat(metrics.malformed(MalformedCause.STALLED).sum()).isOne();
        assertThat(metrics.malformed(MalformedCause.CUT_OFF).sum()).isZero();
        sendAndAwaitAck(silent, "three");
    }

    @Test
    void aStormOfConnectionsTakesNoThreadsAndLeavesNothing() throws Exception {
        ForwardServer started = start(TCP);
        Socket busy = connect(started.port());
        for (int round = 0; round < 3_000; round++) {
            new Socket(InetAddress.getLoopbackAddress(), started.port()).close();
            if (round % 100 == 0) {
                sendAndAwaitAck(busy, "line" + round);
            }
        }
        await().until(() -> metrics.connectionsClosed.sum() == 3_000);
        assertThat(started.connections()).isOne();
        sendAndAwaitAck(busy, "last");
    }
}
