package logstream.monitor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The status page: one file, with its style and its script inside. Nothing else may be loaded or run: the policy names the
 * two by their hashes.
 *
 * <p>Threading: immutable.
 */
final class Page {
    static final String TYPE = "text/html; charset=utf-8";

    private static final String FILE = "status.html";

    private final byte[] html;
    private final String policy;

    private Page(byte[] html, String policy) {
        this.html = html;
        this.policy = policy;
    }

    static Page load() {
        try (InputStream in = Objects.requireNonNull(Page.class.getResourceAsStream(FILE), FILE)) {
            byte[] html = in.readAllBytes();
            String text = new String(html, StandardCharsets.UTF_8);
            String policy = "default-src 'none'; connect-src 'self'; img-src data:; style-src " + hash(text, "style")
                    + "; script-src " + hash(text, "script")
                    + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
            return new Page(html, policy);
        } catch (IOException e) {
            throw new UncheckedIOException("the status page is missing in the program", e);
        }
    }

    private static String hash(String html, String element) {
        Matcher inside = Pattern.compile("<" + element + ">(.*?)</" + element + ">", Pattern.DOTALL)
                .matcher(html);
        if (!inside.find()) {
            throw new IllegalStateException("the status page has no " + element);
        }
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(inside.group(1).getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    void answer(Request request) throws IOException {
        request.answerHeader("Content-Security-Policy", policy);
        request.answerHeader("X-Frame-Options", "DENY");
        request.answer(200, TYPE, html);
    }
}
