package logstream.kinesis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** AWS Signature Version 4 of a request that came, made anew from what came: as the service checks it. */
final class Signature {
    private Signature() {}

    /** The Authorization header that the request must have. */
    static String of(RawServer.Sent sent, String keyId, String secret) throws GeneralSecurityException {
        String given = sent.header("authorization");
        String signedHeaders = between(given, "SignedHeaders=", ",");
        String scope = between(given, "Credential=" + keyId + "/", ",");
        StringBuilder canonical = new StringBuilder(sent.method())
                .append('\n')
                .append(sent.path())
                .append("\n\n");
        for (String name : signedHeaders.split(";", -1)) {
            canonical.append(name).append(':').append(sent.header(name)).append('\n');
        }
        canonical.append('\n').append(signedHeaders).append('\n').append(sha256(sent.body()));
        String toSign = "AWS4-HMAC-SHA256\n" + sent.header("x-amz-date") + "\n" + scope + "\n"
                + sha256(canonical.toString().getBytes(UTF_8));
        byte[] key = ("AWS4" + secret).getBytes(UTF_8);
        for (String part : scope.split("/", -1)) {
            key = hmac(key, part);
        }
        return "AWS4-HMAC-SHA256 Credential=" + keyId + "/" + scope + ", SignedHeaders=" + signedHeaders
                + ", Signature=" + HexFormat.of().formatHex(hmac(key, toSign));
    }

    private static String between(String text, String before, String after) {
        int start = text.indexOf(before) + before.length();
        return text.substring(start, text.indexOf(after, start));
    }

    private static String sha256(byte[] bytes) throws GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(UTF_8));
    }
}
