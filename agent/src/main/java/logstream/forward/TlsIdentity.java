package logstream.forward;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's certificate and key, and whose certificates it trusts: read from files, and read again when those change.
 *
 * <p>Invariant: certificate and key belong together. Files that are of no use, such as those of which only one has been
 * replaced, leave the ones before in place.
 *
 * <p>Threading: any thread; guarded by {@code this}.
 */
final class TlsIdentity {
    private static final Logger LOG = LoggerFactory.getLogger(TlsIdentity.class);
    private static final char[] NO_PASSWORD = {};

    /** What tells that files have changed. */
    private record Stamp(List<String> files) {}

    private final TlsConfig config;
    private final LongSupplier nanoTime;
    private Stamp seen;
    private long seenAt;
    private SSLContext context;

    /** @throws TlsFilesException when the files are of no use now */
    TlsIdentity(TlsConfig config, LongSupplier nanoTime) throws TlsFilesException {
        this.config = config;
        this.nanoTime = nanoTime;
        seen = stamp();
        seenAt = nanoTime.getAsLong();
        context = load();
    }

    /** The agent's side of a new connection, by the files as they are now or were a moment ago. */
    SSLEngine engine() {
        SSLEngine engine = newest().createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(config.minVersion().andNewer().toArray(String[]::new));
        parameters.setUseCipherSuitesOrder(true);
        parameters.setNeedClientAuth(config.clientCa().isPresent());
        engine.setSSLParameters(parameters);
        return engine;
    }

    private synchronized SSLContext newest() {
        long now = nanoTime.getAsLong();
        if (now - seenAt >= ForwardLimits.TLS_FILES_INTERVAL.toNanos()) {
            seenAt = now;
            Stamp stamp = stamp();
            if (!stamp.equals(seen)) {
                seen = stamp;
                reload();
            }
        }
        return context;
    }

    private void reload() {
        try {
            context = load();
        } catch (TlsFilesException e) {
            LOG.warn(
                    "The changed TLS files are of no use, the ones before are still used: reason=\"{}\". They are read again "
                            + "when they change again.",
                    e.getMessage());
        }
    }

    private SSLContext load() throws TlsFilesException {
        List<X509Certificate> chain = PemFile.certificates(config.certificate());
        PublicKey owner = chain.getFirst().getPublicKey();
        PrivateKey key = PemFile.key(config.key(), owner);
        if (!belongsTo(key, owner)) {
            throw new TlsFilesException(
                    "the key in " + config.key() + " is not that of the certificate in " + config.certificate());
        }
        List<X509Certificate> trusted = config.clientCa().isPresent()
                ? PemFile.certificates(config.clientCa().get())
                : List.of();
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store(key, chain), NO_PASSWORD);
            SSLContext loaded = SSLContext.getInstance("TLS");
            loaded.init(keys.getKeyManagers(), trust(trusted), null);
            loaded.getServerSessionContext().setSessionCacheSize(ForwardLimits.TLS_SESSIONS);
            LOG.info(
                    "TLS certificate loaded: file={} subject=\"{}\" valid_until={}",
                    config.certificate(),
                    chain.getFirst().getSubjectX500Principal(),
                    chain.getFirst().getNotAfter().toInstant());
            return loaded;
        } catch (GeneralSecurityException | IOException e) {
            throw new TlsFilesException("certificate and key cannot be used: " + e.getMessage(), e);
        }
    }

    /** Whether what the key signs is what the certificate vouches for. */
    private static boolean belongsTo(PrivateKey key, PublicKey owner) throws TlsFilesException {
        String algorithm = switch (owner.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> owner.getAlgorithm();
        };
        try {
            byte[] text = {1, 2, 3};
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(text);
            byte[] signature = signing.sign();
            Signature verifying = Signature.getInstance(algorithm);
            verifying.initVerify(owner);
            verifying.update(text);
            return verifying.verify(signature);
        } catch (GeneralSecurityException e) {
            throw new TlsFilesException("keys of the kind " + algorithm + " cannot be used: " + e.getMessage(), e);
        }
    }

    private static KeyStore store(PrivateKey key, List<X509Certificate> chain)
            throws GeneralSecurityException, IOException {
        KeyStore store = emptyStore();
        store.setKeyEntry("agent", key, NO_PASSWORD, chain.toArray(Certificate[]::new));
        return store;
    }

    /** Those who check the senders' certificates; without any to trust, nobody is asked for one. */
    private static TrustManager[] trust(List<X509Certificate> trusted) throws GeneralSecurityException, IOException {
        if (trusted.isEmpty()) {
            return new TrustManager[0];
        }
        KeyStore store = emptyStore();
        for (X509Certificate one : trusted) {
            store.setCertificateEntry("ca-" + store.size(), one);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        return trust.getTrustManagers();
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }

    private Stamp stamp() {
        List<String> files = new ArrayList<>();
        files.add(stamp(config.certificate()));
        files.add(stamp(config.key()));
        config.clientCa().ifPresent(file -> files.add(stamp(file)));
        return new Stamp(files);
    }

    /** Time, size and identity: a file that is replaced by a rename is another one, whatever its time. */
    private static String stamp(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.lastModifiedTime() + " " + attributes.size() + " "
                    + Optional.ofNullable(attributes.fileKey());
        } catch (IOException e) {
            return "unreadable";
        }
    }
}
