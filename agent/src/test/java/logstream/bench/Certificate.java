package logstream.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A key and a self-signed certificate for the sink, and a trust store for the agent: all that its Java trusts anyway, and
 * the certificate. Made by keytool.
 *
 * @param keyStore of the sink
 * @param trustStore of the agent
 */
record Certificate(Path keyStore, Path trustStore) {
    static final String PASSWORD = "changeit"; // that of Java's own trust store

    /** @param folder whose path has no space in it: it becomes an option of the agent's JVM */
    static Certificate make(Path folder) throws IOException {
        Path home = Path.of(System.getProperty("java.home"));
        Path keyStore = folder.resolve("sink.p12");
        Path certificate = folder.resolve("sink.crt");
        Path trustStore = Files.copy(home.resolve("lib/security/cacerts"), folder.resolve("agent-trust"));
        String keytool = home.resolve("bin/keytool").toString();
        run(keytool, "-genkeypair", "-alias", "sink", "-keyalg", "RSA", "-keysize", "2048", "-validity", "2")
                .with("-dname", "CN=localhost", "-ext", "san=dns:localhost,ip:127.0.0.1")
                .with("-storetype", "PKCS12", "-keystore", keyStore.toString(), "-storepass", PASSWORD)
                .toItsEnd();
        run(keytool, "-exportcert", "-alias", "sink", "-file", certificate.toString())
                .with("-keystore", keyStore.toString(), "-storepass", PASSWORD)
                .toItsEnd();
        run(keytool, "-importcert", "-noprompt", "-alias", "sink", "-file", certificate.toString())
                .with("-keystore", trustStore.toString(), "-storepass", PASSWORD)
                .toItsEnd();
        return new Certificate(keyStore, trustStore);
    }

    private static Command run(String... words) {
        return new Command(List.of(words));
    }

    private record Command(List<String> words) {
        Command with(String... more) {
            return new Command(java.util.stream.Stream.concat(words.stream(), Arrays.stream(more))
                    .toList());
        }

        void toItsEnd() throws IOException {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            try {
                if (process.waitFor() != 0) {
                    throw new IOException(String.join(" ", words) + " said: " + said);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }
}
