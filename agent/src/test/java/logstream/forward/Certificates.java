package logstream.forward;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A key and the certificate it signed itself, made by the JDK's keytool, as the key store and as the PEM files that it is. */
public final class Certificates {
    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final String ALIAS = "one";

    private final KeyStore store;

    private Certificates(KeyStore store) {
        this.store = store;
    }

    /** Of localhost, in this folder. */
    public static Certificates make(Path folder, String name) throws IOException, GeneralSecurityException {
        Path file = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        ALIAS,
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "SAN=dns:localhost,ip:127.0.0.1",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        String.valueOf(PASSWORD)))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile())
                .start();
        try {
            if (!keytool.waitFor(30, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
                throw new IOException(
                        "keytool made no certificate: " + Files.readString(folder.resolve(name + ".log")));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        return new Certificates(store);
    }

    /** Writes the certificate as PEM. */
    public Path certificate(Path file) throws IOException, GeneralSecurityException {
        return pem(file, "CERTIFICATE", store.getCertificate(ALIAS).getEncoded());
    }

    /** Writes the private key as PEM. */
    public Path key(Path file) throws IOException, GeneralSecurityException {
        return pem(file, "PRIVATE KEY", store.getKey(ALIAS, PASSWORD).getEncoded());
    }

    /** A server that shows these and asks for none. */
    public SSLContext server() throws GeneralSecurityException {
        return client(this, this);
    }

    /** A client that trusts these and shows the own ones. */
    static SSLContext client(Certificates own, Certificates trusted) throws GeneralSecurityException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(own.store, PASSWORD);
        return context(keys, trusted);
    }

    /** A client that trusts these and shows none. */
    public static SSLContext client(Certificates trusted) throws GeneralSecurityException {
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        KeyStore none = KeyStore.getInstance("PKCS12");
        try {
            none.load(null, PASSWORD);
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
        keys.init(none, PASSWORD);
        return context(keys, trusted);
    }

    private static SSLContext context(KeyManagerFactory keys, Certificates trusted) throws GeneralSecurityException {
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        KeyStore known = KeyStore.getInstance("PKCS12");
        try {
            known.load(null, PASSWORD);
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
        known.setCertificateEntry("trusted", trusted.store.getCertificate(ALIAS));
        trust.init(known);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static Path pem(Path file, String label, byte[] bytes) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        return Files.writeString(file, "-----BEGIN " + label + "-----\n" + text + "\n-----END " + label + "-----\n");
    }
}
