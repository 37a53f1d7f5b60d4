package logstream.forward;

import static logstream.forward.Wire.array;
import static logstream.forward.Wire.ascii;
import static logstream.forward.Wire.bin;
import static logstream.forward.Wire.hex;
import static logstream.forward.Wire.integer;
import static logstream.forward.Wire.join;
import static logstream.forward.Wire.message;
import static logstream.forward.Wire.str;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import logstream.forward.SecurityConfig.Proof;
import logstream.metrics.Metrics.MalformedCause;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** What a sender must prove before its first message. */
class HandshakeTest {
    private static final String SERVER = "server.local";
    private static final String KEY = "secret";
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final byte[] NONCE = hex("000102030405060708090a0b0c0d0e0f");
    private static final byte[] AUTH = hex("101112131415161718191a1b1c1d1e1f");
    private static final byte[] NO_AUTH = {};
    private static final byte[] EVENT = message("grid.a", 1, "line");

    private static final Map<String, Secret> NO_USERS = Map.of();
    private static final Map<String, Secret> USERS = Map.of("u", Secret.of("p"), "v", Secret.of("q"));

    private static final Handshaker GOOD = Handshaker.with(KEY, "u", "p");
    private static final String GOOD_KEY_DIGEST =
            Handshaker.sha512(Handshaker.SALT, ascii("client.local"), NONCE, ascii(KEY));
    private static final String GOOD_PASSWORD_DIGEST = Handshaker.sha512(AUTH, ascii("u"), ascii("p"));

    private final AtomicLong now = new AtomicLong();

    /** Gives the nonces of the vector: 00 to 0f, then 10 to 1f, and so on. */
    private static final class CountingRandom extends SecureRandom {
        private static final long serialVersionUID = 1L;
        private byte next;

        @Override
        public void nextBytes(byte[] bytes) {
            for (int at = 0; at < bytes.length; at++) {
                bytes[at] = next++;
            }
        }
    }

    private ScriptedConnection connection(Map<String, Secret> users, SecureRandom random) {
        SecurityConfig config = new SecurityConfig(
                Optional.of(SERVER), SecurityConfig.forEverybody(Optional.of(new Proof(Secret.of(KEY), users))));
        return new ScriptedConnection(new Admission(config, TIMEOUT, now::get, random));
    }

    private ScriptedConnection connection(Map<String, Secret> users) {
        return connection(users, new CountingRandom());
    }

    @Test
    void theVectorOfTheProtocol() {
        byte[] ping = join(
                hex("96"),
                str("PING"),
                str("client.local"),
                str("0123456789abcdef0123456789abcdef"),
                str("a54fe9112dac486b14cd266c34b8e43ff15364c6ab2b554be73e2745cd5b8bf0"
                        + "54018aea3a3a724eedef9f13a4ea275d7cfbb16ec58c7159f2a262075d9be592"),
                str("u"),
                str("73eaa6e06489fcc2ca2a32a90e7ee1b7bdd63c013d214572ecefbeb639c17e19"
                        + "b73159455ff2999c705058aa9d142f3d9ccf00aa0ba8c13e7798e33fe6ee8837"));
        byte[] helo = join(
                hex("92"),
                str("HELO"),
                hex("83"),
                str("nonce"),
                hex("c410", HexFormat.of().formatHex(NONCE)),
                str("auth"),
                hex("c410", HexFormat.of().formatHex(AUTH)),
                str("keepalive"),
                hex("c3"));
        byte[] pong = join(
                hex("95"),
                str("PONG"),
                hex("c3"),
                str(""),
                str(SERVER),
                str("ae64607f4e21f2f9522035385b6834f3f757999334e1afe8ed95719ff5eafd31"
                        + "ffcea9aaef407bfd8c6caebd09905aa242f4f4a0846a3494f4287c292d0525e2"));

        ScriptedConnection connection = connection(USERS);
        ScriptedSocket socket = ScriptedSocket.of(ping, EVENT);
        connection.run(socket);

        assertThat(socket.written()).isEqualTo(join(helo, pong));
        assertThat(connection.sink.events).hasSize(1);
        assertThat(connection.malformed()).isZero();
    }

    @Test
    void withoutUsersNoneIsAskedFor() {
        ScriptedConnection connection = connection(NO_USERS);
        ScriptedSocket socket = ScriptedSocket.of(GOOD.ping(NONCE, NO_AUTH), EVENT);
        connection.run(socket);

        assertThat(socket.written()).isEqualTo(join(Handshaker.helo(NONCE, NO_AUTH), GOOD.pong(SERVER, NONCE)));
        assertThat(connection.sink.events).hasSize(1);
    }

    @Test
    void aSaltIsBytes() {
        byte[] salt = hex("00ff80c1fe0a0d00ff80c1fe0a0d7f81");
        Handshaker client = new Handshaker("fluent-bit", KEY, "v", "q", salt);
        byte[] asString = client.ping(NONCE, AUTH);
        byte[] asBinary = join(
                hex("96"),
                str("PING"),
                str("fluent-bit"),
                bin(salt),
                Arrays.copyOfRange(asString, 1 + 5 + 11 + 1 + 16, asString.length));
        for (byte[] ping : List.of(asString, asBinary)) {
            ScriptedConnection connection = connection(USERS);
            ScriptedSocket socket = ScriptedSocket.of(ping, EVENT);
            connection.run(socket);
            assertThat(socket.written()).isEqualTo(join(Handshaker.helo(NONCE, AUTH), client.pong(SERVER, NONCE)));
            assertThat(connection.sink.events).hasSize(1);
        }
    }

    /** Where the PING is cut, and whether the first message follows at once, makes no difference. */
    @Property(tries = 60, edgeCases = EdgeCasesMode.NONE)
    void piecesMakeNoDifference(@ForAll @Size(max = 10) List<@IntRange(min = 1, max = 500) Integer> cuts) {
        byte[] stream = join(GOOD.ping(NONCE, AUTH), EVENT);
        ScriptedConnection connection = connection(USERS);
        ScriptedSocket socket =
                ScriptedSocket.cut(stream, cuts.stream().sorted().distinct().toList());
        connection.run(socket);

        assertThat(socket.written()).isEqualTo(join(Handshaker.helo(NONCE, AUTH), GOOD.pong(SERVER, NONCE)));
        assertThat(connection.sink.events).hasSize(1);
        assertThat(connection.metrics.bytesReceived.sum()).isEqualTo(stream.length);
    }

    @Test
    void nobodyGetsTheSameNonces() {
        SecureRandom random = new SecureRandom();
        ScriptedSocket one = ScriptedSocket.of();
        ScriptedSocket other = ScriptedSocket.of();
        connection(USERS, random).run(one);
        connection(USERS, random).run(other);
        assertThat(one.written()).hasSameSizeAs(other.written()).isNotEqualTo(other.written());
    }

    record Bad(String what, byte[] sent, String reason) {
        @Override
        public String toString() {
            return what;
        }
    }

    static Stream<Bad> badPings() {
        String mismatch = "shared_key mismatch";
        String wrongUser = "username/password mismatch";
        String notSix = "a PING of 6 elements was expected, found an array of ";
        String noArray = "a PING was expected, found no msgpack array";
        String tooLong = "a PING of more than 4096 bytes";
        byte[] good = GOOD.ping(NONCE, AUTH);
        byte[] rest = Arrays.copyOfRange(good, 6, good.length);
        return Stream.of(
                new Bad("another key", Handshaker.with("Secret", "u", "p").ping(NONCE, AUTH), mismatch),
                new Bad("an empty key", Handshaker.with("", "u", "p").ping(NONCE, AUTH), mismatch),
                new Bad("the key of an older nonce", GOOD.ping(AUTH, AUTH), mismatch),
                new Bad(
                        "a digest in upper case",
                        GOOD.ping(GOOD_KEY_DIGEST.toUpperCase(Locale.ROOT), "u", GOOD_PASSWORD_DIGEST),
                        mismatch),
                new Bad("half a digest", GOOD.ping(GOOD_KEY_DIGEST.substring(64), "u", GOOD_PASSWORD_DIGEST), mismatch),
                new Bad("no digest", GOOD.ping("", "u", GOOD_PASSWORD_DIGEST), mismatch),
                new Bad("a digest and more", GOOD.ping(GOOD_KEY_DIGEST + "0", "u", GOOD_PASSWORD_DIGEST), mismatch),
                new Bad("another password", Handshaker.with(KEY, "u", "q").ping(NONCE, AUTH), wrongUser),
                new Bad("an unknown user", Handshaker.with(KEY, "w", "p").ping(NONCE, AUTH), wrongUser),
                new Bad(
                        "an unknown user with the password that stands in for all unknown ones",
                        Handshaker.with(KEY, "w", "nobody's").ping(NONCE, AUTH),
                        wrongUser),
                new Bad("no user", Handshaker.with(KEY).ping(NONCE, AUTH), wrongUser),
                new Bad("a user without a password", GOOD.ping(GOOD_KEY_DIGEST, "u", ""), wrongUser),
                new Bad("the password of another nonce", GOOD.ping(NONCE, NONCE), wrongUser),
                new Bad("neither key nor user", Handshaker.with("x", "w", "x").ping(NONCE, AUTH), mismatch),
                new Bad(
                        "the server's own name",
                        new Handshaker(SERVER, KEY, "u", "p", Handshaker.SALT).ping(NONCE, AUTH),
                        "same hostname on both sides: one needs another self_hostname"),
                new Bad("five elements", join(hex("95"), Arrays.copyOfRange(good, 1, good.length - 131)), notSix + 5),
                new Bad(
                        "seven elements",
                        join(hex("97"), Arrays.copyOfRange(good, 1, good.length), hex("c0")),
                        notSix + 7),
                new Bad("no elements", hex("90"), notSix + 0),
                new Bad("four billion elements", hex("dd ffffffff"), notSix + 4_294_967_295L),
                new Bad(
                        "a PONG",
                        join(hex("96"), str("PONG"), rest),
                        "a PING was expected, found another array of 6 elements"),
                new Bad("a name that is a number", join(hex("96"), str("PING"), integer(5), rest), element(2)),
                new Bad("a name that is binary", join(hex("96"), str("PING"), bin(ascii("c"))), element(2)),
                new Bad("a salt that is nil", join(hex("96"), str("PING"), str("c"), hex("c0")), element(3)),
                new Bad(
                        "a digest that is binary",
                        join(hex("96"), str("PING"), str("c"), str("s"), bin(ascii(GOOD_KEY_DIGEST))),
                        element(4)),
                new Bad(
                        "an array as user",
                        join(hex("96"), str("PING"), str("c"), str("s"), str("d"), hex("91")),
                        element(5)),
                new Bad("what msgpack never uses", join(hex("96"), str("PING"), hex("c1")), element(2)),
                new Bad("a name of 5000 bytes", join(hex("96"), str("PING"), str("c".repeat(5000)), rest), tooLong),
                new Bad("a name that claims 4 GiB", join(hex("96"), str("PING"), hex("db ffffffff")), tooLong),
                new Bad(
                        "a long name and a long salt",
                        join(hex("96"), str("PING"), str("c".repeat(3000)), str("s".repeat(1093))),
                        tooLong),
                new Bad("Docker's message", message("grid.a", 1, "line"), notSix + 4),
                new Bad("a heartbeat", hex("c0"), noArray),
                new Bad("a map", hex("81 a161 a162"), noArray),
                new Bad("JSON", ascii("[\"grid.a\",1,{}]\n"), noArray),
                new Bad("HTTP", ascii("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), noArray),
                new Bad("TLS", hex("16030100f8010000f403"), noArray));
    }

    private static String element(int number) {
        return "element " + number + " of the PING is no string";
    }

    @ParameterizedTest
    @MethodSource("badPings")
    void aBadPingIsRefusedWithItsReason(Bad bad) {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(Faults.class);
        logger.setLevel(Level.WARN);
        logger.addAppender(log);
        ScriptedConnection connection = connection(USERS);
        ScriptedSocket socket = ScriptedSocket.of(join(bad.sent, EVENT), EVENT, EVENT);
        try {
            connection.run(socket);
        } finally {
            logger.detachAppender(log);
            logger.setLevel(null);
        }

        assertThat(socket.written()).isEqualTo(join(Handshaker.helo(NONCE, AUTH), Handshaker.refusal(bad.reason)));
        assertThat(connection.sink.opened).hasValue(0);
        assertThat(connection.received()).isZero();
        assertThat(connection.metrics.messagesReceived.sum()).isZero();
        assertThat(connection.malformed(MalformedCause.UNAUTHORIZED)).isOne();
        assertThat(connection.malformed()).isOne();
        assertThat(connection.metrics.bytesReceived.sum())
                .as("what came after it is read, so that the answer arrives")
                .isEqualTo(bad.sent.length + 3L * EVENT.length);
        assertThat(log.list)
                .singleElement()
                .satisfies(line -> assertThat(line.getFormattedMessage())
                        .contains("peer=127.0.0.1:40000", "why=\"" + bad.reason + '"', "forward.security")
                        .doesNotContain(KEY + " ", GOOD_KEY_DIGEST, GOOD_PASSWORD_DIGEST, "client.local"));
    }

    @Test
    void lookingWhetherSomebodyListensIsHealthy() {
        ScriptedConnection connection = connection(USERS);
        ScriptedSocket socket = ScriptedSocket.of();
        connection.run(socket);

        assertThat(socket.written()).isEqualTo(Handshaker.helo(NONCE, AUTH));
        assertThat(connection.malformed()).isZero();
    }

    @Test
    void aPingThatBreaksOffIsCutOff() {
        byte[] ping = GOOD.ping(NONCE, AUTH);
        for (int length = 1; length < ping.length; length += 7) {
            ScriptedConnection connection = connection(USERS);
            connection.run(ScriptedSocket.of(Arrays.copyOf(ping, length)));
            assertThat(connection.malformed(MalformedCause.CUT_OFF)).isOne();
            assertThat(connection.malformed()).isOne();
        }
    }

    @Test
    void whoSaysNothingIsRefusedAfterTheTimeout() {
        ScriptedConnection connection = connection(USERS);
        ScriptedSocket socket = ScriptedSocket.of();
        socket.silentAtEnd = true;
        connection.run(socket);

        assertThat(socket.timeouts).first().isEqualTo(10_000);
        assertThat(socket.written())
                .isEqualTo(join(Handshaker.helo(NONCE, AUTH), Handshaker.refusal("no PING within 10 s")));
        assertThat(connection.malformed(MalformedCause.UNAUTHORIZED)).isOne();
    }

    /** A byte now and then is no progress: what counts is the time since the connection began. */
    @Test
    void theTimeoutIsForTheWholeHandshake() {
        byte[] ping = GOOD.ping(NONCE, AUTH);
        ScriptedConnection connection = connection(USERS);
        ScriptedSocket socket = ScriptedSocket.cut(
                Arrays.copyOf(ping, 5), IntStream.range(1, 5).boxed().toList());
        socket.silentAtEnd = true;
        socket.onWait = () -> now.addAndGet(TimeUnit.MILLISECONDS.toNanos(1_900));
        connection.run(socket);

        assertThat(socket.timeouts).startsWith(10_000, 8_100, 6_200, 4_300, 2_400, 500);
        assertThat(connection.malformed(MalformedCause.UNAUTHORIZED)).isOne();
    }

    @Test
    void afterTheHandshakeOnlyIdlenessIsTimed() {
        ScriptedSocket socket = ScriptedSocket.of(GOOD.ping(NONCE, AUTH), EVENT);
        connection(USERS).run(socket);
        assertThat(socket.timeouts).containsExactly(10_000, 1_000, 1_000);
    }

    @Test
    void whoIsRefusedAndGoesOnIsClosedSoon() {
        byte[][] flood = IntStream.range(0, 10_000).mapToObj(at -> EVENT).toArray(byte[][]::new);
        flood[0] = hex("c0");
        ScriptedConnection connection = connection(USERS);
        ScriptedSocket socket = ScriptedSocket.of(flood);
        socket.onWait = () -> now.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
        connection.run(socket);

        assertThat(connection.metrics.bytesReceived.sum())
                .as("two seconds of it")
                .isBetween(1_990L * EVENT.length, 2_010L * EVENT.length);
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void whatComesBeforeTheProofReachesNobody(
            @ForAll @Size(max = 600) byte[] garbage,
            @ForAll @Size(max = 5) List<@IntRange(min = 1, max = 600) Integer> cuts) {
        byte[] good = GOOD.ping(NONCE, AUTH);
        reachesNobody(garbage, cuts);
        reachesNobody(join(hex("96"), garbage), cuts);
        reachesNobody(join(hex("96"), str("PING"), garbage), cuts);
        reachesNobody(join(Arrays.copyOf(good, good.length - 131), garbage), cuts);
        reachesNobody(array(garbage, EVENT), cuts);
    }

    /** {@link ScriptedConnection#run} fails if a turn, a buffer or held bytes are not given back. */
    private void reachesNobody(byte[] bytes, List<Integer> cuts) {
        ScriptedConnection connection = connection(USERS);
        ScriptedSocket socket = ScriptedSocket.cut(
                join(bytes, EVENT), cuts.stream().sorted().distinct().toList());
        connection.run(socket);
        assertThat(connection.sink.opened).hasValue(0);
        assertThat(connection.metrics.messagesReceived.sum()).isZero();
        assertThat(connection.malformed()).isOne();
    }
}
