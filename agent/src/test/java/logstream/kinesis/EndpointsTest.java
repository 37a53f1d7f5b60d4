package logstream.kinesis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import logstream.forward.Certificates;
import logstream.kinesis.CannedKinesis.Answer;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.RequestFailure;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which host is called, through which proxy, and whose certificates are believed. */
@Timeout(60)
class EndpointsTest {
    private static final List<OutgoingRecord> ONE = List.of(new OutgoingRecord("key", new byte[] {'x'}));
    private static final String ARN = "arn:aws:kinesis:eu-west-1:123456789012:stream/logs";
    private static final Map<String, String> KEYS = Map.of("aws.accessKeyId", "AKID", "aws.secretAccessKey", "secret");

    @TempDir
    private Path folder;

    @BeforeEach
    void giveKeys() {
        KEYS.forEach(System::setProperty);
    }

    @AfterEach
    void takeKeys() {
        KEYS.keySet().forEach(System::clearProperty);
    }

    /** Writes down what it is asked for, and hangs up. */
    private static final class HangingUpProxy implements AutoCloseable {
        final List<String> asked = Collections.synchronizedList(new ArrayList<>());
        private final ServerSocket server;

        HangingUpProxy() throws IOException {
            server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
            Thread.ofVirtual().start(this::serve);
        }

        private void serve() {
            while (!server.isClosed()) {
                try (Socket socket = server.accept();
                        BufferedReader in = new BufferedReader(
                                new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))) {
                    for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                        asked.add(line);
                    }
                } catch (IOException e) {
                    // The client went, or the test is over.
                }
            }
        }

        String url(String user) {
            return "http://" + user + "127.0.0.1:" + server.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    private static AccessConfig through(String proxy, boolean fips, boolean dualStack) {
        return new AccessConfig(Optional.empty(), Optional.of(URI.create(proxy)), fips, dualStack, Optional.empty());
    }

    @ParameterizedTest
    @CsvSource({
        "logs, false, false, kinesis.eu-west-1.amazonaws.com",
        "logs, true, false, kinesis-fips.eu-west-1.amazonaws.com",
        "logs, false, true, kinesis.eu-west-1.api.aws",
        ARN + ", false, false, 123456789012.data-kinesis.eu-west-1.amazonaws.com",
        ARN + ", true, true, 123456789012.data-kinesis-fips.eu-west-1.api.aws",
    })
    void theHostIsTheRegionsThroughTheProxy(String stream, boolean fips, boolean dualStack, String host)
            throws IOException {
        try (HangingUpProxy proxy = new HangingUpProxy();
                KinesisStream kinesis = KinesisStream.open(
                        inIreland(stream).withAccess(through(proxy.url("me:pa@"), fips, dualStack)), new Metrics())) {
            assertThat(kinesis.put(ONE)).isInstanceOf(PutOutcome.Unavailable.class);
            assertThat(proxy.asked.getFirst()).isEqualTo("CONNECT " + host + ":443 HTTP/1.1");
            assertThat(proxy.asked).contains("Proxy-Authorization: Basic bWU6cGE=");
        }
    }

    private static KinesisConfig inIreland(String stream) {
        KinesisConfig plain = KinesisConfig.of(stream);
        return new KinesisConfig(
                stream,
                "eu-west-1",
                null,
                null,
                null,
                plain.roleSessionName(),
                AccessConfig.DEFAULT,
                plain.maxBatchRecords(),
                plain.maxBatchBytes(),
                plain.maxRequestsInFlight(),
                plain.linger(),
                plain.requestTimeout(),
                plain.retryLimit(),
                plain.retryWait(),
                plain.packing());
    }

    @Test
    void theProxyOfTheEnvironmentIsUsed() throws IOException {
        try (HangingUpProxy proxy = new HangingUpProxy();
                KinesisStream through = KinesisStream.open(
                        inIreland("logs"), new Metrics(), Map.of("HTTPS_PROXY", proxy.url(""), "NO_PROXY", "x.y"))) {
            assertThat(through.put(ONE)).isInstanceOf(PutOutcome.Unavailable.class);
            assertThat(proxy.asked).isNotEmpty();
        }
    }

    @Test
    void anEndpointOnLoopbackIsReachedWithoutTheProxy() throws IOException {
        try (HangingUpProxy proxy = new HangingUpProxy();
                CannedKinesis server = new CannedKinesis(_ -> Answer.accepted());
                KinesisStream direct =
                        KinesisStream.open(server.config(), new Metrics(), Map.of("https_proxy", proxy.url("")))) {
            assertThat(direct.put(ONE)).isInstanceOf(PutOutcome.Answered.class);
            assertThat(proxy.asked).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "example.com, kinesis.example.com, true",
        "example.com, example.com, true",
        ".example.com, kinesis.example.com, true",
        "*.Example.com, kinesis.example.com, true",
        "example.com, kinesis-example.com, false",
        "'a.b, c.d', x.c.d, true",
        "*, anything, true",
        "'', anything, false",
    })
    void hostsAreExceptedAsCurlDoes(String noProxy, String host, boolean excepted) {
        assertThat(Proxy.exceptions(noProxy).stream().anyMatch(host::matches)).isEqualTo(excepted);
    }

    @Test
    void aProxyThatIsNoUrlIsSaid() {
        try (KinesisStream stream =
                KinesisStream.open(inIreland("logs"), new Metrics(), Map.of("HTTPS_PROXY", "me:secret@ proxy"))) {
            assertThat(stream.put(ONE)).isInstanceOfSatisfying(PutOutcome.NeedsOperator.class, outcome -> {
                assertThat(outcome.reason()).contains("HTTPS_PROXY is no URL").doesNotContain("secret");
                assertThat(outcome.advice()).contains("proxy");
            });
        }
    }

    @Test
    void aCertificateIsBelievedOnceItsFileIsNamed() throws Exception {
        Certificates own = Certificates.make(folder, "own");
        Path ca = own.certificate(folder.resolve("ca.pem"));
        Metrics metrics = new Metrics();
        try (CannedKinesis server = new CannedKinesis(_ -> Answer.accepted(), own.server());
                KinesisStream without = KinesisStream.open(server.config(), metrics);
                KinesisStream with = KinesisStream.open(server.config().withAccess(trusting(ca)), metrics)) {
            assertThat(without.put(ONE))
                    .isInstanceOfSatisfying(
                            PutOutcome.NeedsOperator.class,
                            outcome -> assertThat(outcome.advice()).contains("kinesis.ca"));
            assertThat(metrics.requestsFailed(RequestFailure.CERTIFICATE).sum()).isEqualTo(1);
            assertThat(with.put(ONE)).isInstanceOf(PutOutcome.Answered.class);
            assertThat(server.calls).hasSize(1);
        }
    }

    @Test
    void whatJavaTrustsIsTrustedBesidesTheFile() throws Exception {
        Path ca = Certificates.make(folder, "own").certificate(folder.resolve("ca.pem"));
        assertThat(Trust.with(ca))
                .singleElement()
                .isInstanceOfSatisfying(
                        javax.net.ssl.X509TrustManager.class,
                        trusted -> assertThat(trusted.getAcceptedIssuers()).hasSizeGreaterThan(50));
    }

    @Test
    void aFileWithoutCertificatesIsSaidAndMayBeMended() throws Exception {
        Path ca = folder.resolve("ca.pem");
        Certificates own = Certificates.make(folder, "own");
        try (CannedKinesis server = new CannedKinesis(_ -> Answer.accepted(), own.server());
                KinesisStream stream = KinesisStream.open(server.config().withAccess(trusting(ca)), new Metrics())) {
            assertThat(stream.put(ONE)).isInstanceOfSatisfying(PutOutcome.NeedsOperator.class, outcome -> {
                assertThat(outcome.reason()).contains("kinesis.ca: " + ca, "NoSuchFile");
                assertThat(outcome.advice()).contains("PEM");
            });
            Files.writeString(ca, "");
            assertThat(stream.put(ONE)).isInstanceOf(PutOutcome.NeedsOperator.class);
            own.certificate(ca);
            assertThat(stream.put(ONE)).isInstanceOf(PutOutcome.Answered.class);
        }
    }

    private static AccessConfig trusting(Path ca) {
        return new AccessConfig(Optional.empty(), Optional.empty(), false, false, Optional.of(ca));
    }
}
