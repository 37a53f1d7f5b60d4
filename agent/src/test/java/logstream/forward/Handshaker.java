package logstream.forward;

import static logstream.forward.Wire.join;
import static logstream.forward.Wire.pack;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A client's side of the handshake, written from the protocol's description and not from the server's code.
 *
 * @param hostname what it calls itself
 * @param key what it believes to be the shared key
 */
record Handshaker(String hostname, String key, String user, String password, byte[] salt) {
    static final byte[] SALT = bytes("0123456789abcdef0123456789abcdef");

    static Handshaker with(String key) {
        return new Handshaker("client.local", key, "", "", SALT);
    }

    static Handshaker with(String key, String user, String password) {
        return new Handshaker("client.local", key, user, password, SALT);
    }

    byte[] ping(byte[] nonce, byte[] auth) {
        String digest = sha512(salt, bytes(hostname), nonce, bytes(key));
        String passwordDigest = user.isEmpty() ? "" : sha512(auth, bytes(user), bytes(password));
        return ping(digest, user, passwordDigest);
    }

    byte[] ping(String digest, String userName, String passwordDigest) {
        return pack(p -> p.packArrayHeader(6)
                .packString("PING")
                .packString(hostname)
                .packRawStringHeader(salt.length)
                .addPayload(salt)
                .packString(digest)
                .packString(userName)
                .packString(passwordDigest));
    }

    /** What a server of this name answers when it agrees. */
    byte[] pong(String serverHostname, byte[] nonce) {
        return pack(p -> p.packArrayHeader(5)
                .packString("PONG")
                .packBoolean(true)
                .packString("")
                .packString(serverHostname)
                .packString(sha512(salt, bytes(serverHostname), nonce, bytes(key))));
    }

    static byte[] helo(byte[] nonce, byte[] auth) {
        return pack(p -> p.packArrayHeader(2)
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
    }

    static byte[] refusal(String reason) {
        return pack(p -> p.packArrayHeader(5)
                .packString("PONG")
                .packBoolean(false)
                .packString(reason)
                .packString("")
                .packString(""));
    }

    static String sha512(byte[]... parts) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-512").digest(join(parts)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
