package logstream.kinesis;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Whose signatures are believed: all that Java believes, and the certificates of a file. */
final class Trust {
    private Trust() {}

    /** @throws UnusableCaException with a sentence about the file */
    static TrustManager[] with(Path file) {
        try {
            KeyStore known = KeyStore.getInstance("PKCS12");
            known.load(null, null);
            List<Certificate> all = new ArrayList<>(certificates(file));
            for (TrustManager usual : managers(null)) {
                if (usual instanceof X509TrustManager x509) {
                    all.addAll(List.of(x509.getAcceptedIssuers()));
                }
            }
            for (int index = 0; index < all.size(); index++) {
                known.setCertificateEntry("c" + index, all.get(index));
            }
            return managers(known);
        } catch (GeneralSecurityException | IOException e) {
            throw new UnusableCaException("kinesis.ca: " + file + " cannot be used: " + e);
        }
    }

    private static List<Certificate> certificates(Path file) throws GeneralSecurityException, IOException {
        try (InputStream in = Files.newInputStream(file)) {
            List<Certificate> found =
                    List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in));
            if (found.isEmpty()) {
                throw new UnusableCaException("kinesis.ca: " + file + " has no certificate in it");
            }
            return found;
        }
    }

    /** @param known null: those of Java itself */
    private static TrustManager[] managers(@Nullable KeyStore known) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(known);
        return factory.getTrustManagers();
    }
}
