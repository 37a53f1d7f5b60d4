package logstream.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;

/**
 * A key and a self-signed certificate for the sink, made by keytool, and a trust store for the agent: all that its Java
 * trusts anyway, and the certificate.
 *
 * @param keyStore of the sink
 * @param trustStore of the agent
 */
record Certificate(Path keyStore, Path trustStore) {
    /** That of Java's own trust store. */
    static final String PASSWORD = "changeit";

    private static final String NAME = "sink";

    /** @param folder whose path has no space in it: it becomes an option of the agent's JVM */
    static Certificate make(Path folder) throws IOException {
        Path home = Path.of(System.getProperty("java.home"));
        Path keyStore = folder.resolve("sink.p12");
        generate(home.resolve("bin/keytool"), keyStore);
        Path trustStore = folder.resolve("agent-trust.p12");
        try (OutputStream out = Files.newOutputStream(trustStore)) {
            char[] password = PASSWORD.toCharArray();
            KeyStore sink = KeyStore.getInstance(keyStore.toFile(), password);
            KeyStore trusted =
                    KeyStore.getInstance(home.resolve("lib/security/cacerts").toFile(), password);
            trusted.setCertificateEntry(NAME, sink.getCertificate(NAME));
            trusted.store(out, password);
        } catch (GeneralSecurityException e) {
            throw new IOException("no trust store can be made", e);
        }
        return new Certificate(keyStore, trustStore);
    }

    private static void generate(Path keytool, Path keyStore) throws IOException {
        List<String> command = List.of(
                keytool.toString(),
                "-genkeypair",
                "-alias",
                NAME,
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-validity",
                "2",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                keyStore.toString(),
                "-storepass",
                PASSWORD);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(keytool + " said: " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
