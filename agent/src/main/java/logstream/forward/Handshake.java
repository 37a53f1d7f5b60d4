package logstream.forward;

import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import logstream.forward.SecurityConfig.Proof;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePacker;

/**
 * The handshake of one connection: the sender proves that it knows the shared key and, where users are configured, a
 * user's password; the agent proves that it knows the key.
 *
 * <p>Format, as msgpack: {@code ["HELO", {nonce, auth, keepalive}]}, then from the sender {@code ["PING", hostname, salt,
 * SHA-512 of salt, hostname, nonce and key, user, SHA-512 of auth, user and password]}, then {@code ["PONG", true, "", own
 * hostname, SHA-512 of salt, own hostname, nonce and key]} or {@code ["PONG", false, reason, "", ""]}. Hashes are over bytes
 * and written as lower-case hex. {@code auth} is empty when no user is asked for.
 *
 * <p>Invariants: no more than {@link ForwardLimits#PING_BYTES} and the headers are kept before the proof; each comparison takes the same
 * time whatever is wrong, for unknown users, too; no secret is logged.
 *
 * <p>Threading: confined to the thread of the connection.
 */
final class Handshake {
    private static final int NONCE_BYTES = 16;
    private static final int PING_ELEMENTS = 6;
    private static final int NAME = 0;
    private static final int HOSTNAME = 1;
    private static final int SALT = 2;
    private static final int KEY_DIGEST = 3;
    private static final int USER = 4;
    private static final int PASSWORD_DIGEST = 5;

    /** Stands in for the password of unknown users; nobody is let in by it. */
    private static final Secret NOBODYS = Secret.of("nobody's");

    /** What all handshakes of a server have in common. */
    record Terms(String selfHostname, Duration timeout, LongSupplier nanoTime, SecureRandom random) {
        byte[] nonce() {
            byte[] nonce = new byte[NONCE_BYTES];
            random.nextBytes(nonce);
            return nonce;
        }
    }

    /**
     * The connection that the handshake is for.
     *
     * @param out may be written to without waiting for the peer: the kernel holds the few hundred bytes
     * @param refused is told why when the sender is refused
     */
    record Line(WireReader reader, OutputStream out, Consumer<String> refused) {}

    private final Terms terms;
    private final Proof proof;
    private final Line line;
    private final byte[] nonce;
    private final byte[] auth;
    private long deadline;

    Handshake(Terms terms, Proof proof, Line line) {
        this.terms = terms;
        this.proof = proof;
        this.line = line;
        nonce = terms.nonce();
        auth = proof.users().isEmpty() ? new byte[0] : terms.nonce();
        deadline = terms.nanoTime().getAsLong() + terms.timeout().toNanos();
    }

    /**
     * How long the peer may be waited for, in milliseconds, at least 1. Reads that take longer are to fail with a {@link
     * SocketTimeoutException}.
     */
    int millisLeft() {
        return Math.clamp(TimeUnit.NANOSECONDS.toMillis(nanosLeft()), 1, Integer.MAX_VALUE);
    }

    /**
     * Greets the sender and judges its answer.
     *
     * @return whether it may send. If not it was told why, unless it had closed the connection without a word, which is how
     *     some look whether somebody listens
     */
    boolean run() throws IOException, IntakeStoppedException {
        send(helo -> helo.packArrayHeader(2)
                .packString("HELO")
                .packMapHeader(3)
                .packString("nonce")
                .packBinaryHeader(nonce.length)
                .addPayload(nonce)
                .packString("auth")
                .packBinaryHeader(auth.length)
                .addPayload(auth)
                .packString("keepalive")
                .packBoolean(true));
        try {
            if (!line.reader().awaitMessage()) {
                return false;
            }
            byte[] salt = verify(ping());
            pong(
                    true,
                    "",
                    terms.selfHostname(),
                    keyDigest(salt, terms.selfHostname().getBytes(StandardCharsets.UTF_8)));
            return true;
        } catch (SocketTimeoutException e) {
            refuse("no PING within " + terms.timeout().toSeconds() + " s");
        } catch (RefusedException e) {
            refuse(e.reason);
        }
        return false;
    }

    /**
     * Reads, for a moment, what a refused sender still sends: closing the connection before would destroy the answer. Half-
     * close the connection first.
     */
    void linger() throws IOException, IntakeStoppedException {
        deadline = terms.nanoTime().getAsLong() + ForwardLimits.REFUSAL_LINGER.toNanos();
        while (nanosLeft() > 0 && line.reader().awaitMessage()) {
            line.reader().advance(line.reader().unread());
        }
    }

    private void refuse(String reason) throws IOException {
        line.refused().accept(reason);
        pong(false, reason, "", "");
    }

    /** The elements of the PING, which is consumed. */
    private byte[][] ping() throws IOException, IntakeStoppedException, RefusedException {
        WireReader reader = line.reader();
        int first = reader.peek();
        if (!MsgpackHeader.isArray(first)) {
            throw new RefusedException("a PING was expected, found no msgpack array");
        }
        reader.ensure(MsgpackHeader.length(first));
        long count = MsgpackHeader.count(reader.bytes(), reader.position(), first);
        if (count != PING_ELEMENTS) {
            throw new RefusedException("a PING of 6 elements was expected, found an array of " + count);
        }
        reader.advance(MsgpackHeader.length(first));
        byte[][] elements = new byte[PING_ELEMENTS][];
        int left = ForwardLimits.PING_BYTES;
        for (int at = 0; at < PING_ELEMENTS; at++) {
            elements[at] = element(at, left);
            left -= elements[at].length;
        }
        return elements;
    }

    /** The bytes of the element that comes next, which is consumed. */
    private byte[] element(int at, int atMost) throws IOException, IntakeStoppedException, RefusedException {
        WireReader reader = line.reader();
        reader.ensure(1);
        int first = reader.peek();
        if (!MsgpackHeader.isString(first) && !(MsgpackHeader.isBinary(first) && at == SALT)) {
            throw new RefusedException("element " + (at + 1) + " of the PING is no string");
        }
        reader.ensure(MsgpackHeader.length(first));
        long length = MsgpackHeader.bodyLength(reader.bytes(), reader.position(), first);
        if (length > atMost) {
            throw new RefusedException("a PING of more than " + ForwardLimits.PING_BYTES + " bytes");
        }
        reader.advance(MsgpackHeader.length(first));
        reader.ensure((int) length);
        byte[] element = Arrays.copyOfRange(reader.bytes(), reader.position(), reader.position() + (int) length);
        reader.advance((int) length);
        return element;
    }

    /** The salt of the PING, if the PING proves what is asked for. */
    private byte[] verify(byte[][] ping) throws RefusedException {
        if (!Arrays.equals(ping[NAME], ascii("PING"))) {
            throw new RefusedException("a PING was expected, found another array of 6 elements");
        }
        boolean knowsKey = isEqual(keyDigest(ping[SALT], ping[HOSTNAME]), ping[KEY_DIGEST]);
        boolean isUser = isUser(ping[USER], ping[PASSWORD_DIGEST]);
        if (!knowsKey) {
            throw new RefusedException("shared_key mismatch");
        }
        if (!isUser) {
            throw new RefusedException("username/password mismatch");
        }
        if (Arrays.equals(ping[HOSTNAME], ascii(terms.selfHostname()))) {
            throw new RefusedException("same hostname on both sides: one needs another self_hostname");
        }
        return ping[SALT];
    }

    /** An unknown user's digest is compared, too, with that of a password that nobody has. */
    private boolean isUser(byte[] user, byte[] digest) {
        if (proof.users().isEmpty()) {
            return true;
        }
        Secret password = proof.users().get(new String(user, StandardCharsets.UTF_8));
        boolean known = password != null;
        MessageDigest hash = sha512();
        hash.update(auth);
        hash.update(user);
        (password != null ? password : NOBODYS).addTo(hash);
        return isEqual(hex(hash), digest) && known;
    }

    private String keyDigest(byte[] salt, byte[] hostname) {
        MessageDigest hash = sha512();
        hash.update(salt);
        hash.update(hostname);
        hash.update(nonce);
        proof.sharedKey().addTo(hash);
        return hex(hash);
    }

    /** In a time that does not tell how much is equal. */
    private static boolean isEqual(String expected, byte[] actual) {
        return MessageDigest.isEqual(ascii(expected), actual);
    }

    private static String hex(MessageDigest hash) {
        return HexFormat.of().formatHex(hash.digest());
    }

    private static MessageDigest sha512() {
        try {
            return MessageDigest.getInstance("SHA-512");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-512", e);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private void pong(boolean welcome, String reason, String hostname, String digest) throws IOException {
        send(pong -> pong.packArrayHeader(5)
                .packString("PONG")
                .packBoolean(welcome)
                .packString(reason)
                .packString(hostname)
                .packString(digest));
    }

    private void send(Message message) throws IOException {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            message.packInto(packer);
            line.out().write(packer.toByteArray());
            line.out().flush();
        }
    }

    private long nanosLeft() {
        return deadline - terms.nanoTime().getAsLong();
    }

    /** One of the agent's messages. */
    private interface Message {
        MessagePacker packInto(MessagePacker packer) throws IOException;
    }

    /** The sender is to be told why it may not send. */
    private static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        private final String reason;

        RefusedException(String reason) {
            super(reason, null, false, false);
            this.reason = reason;
        }
    }
}
