package logstream.forward;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Certificates and keys as people keep them.
 *
 * <p>Format: PEM (RFC 7468), text around the blocks ignored. Keys unencrypted, as PKCS#8 ({@code PRIVATE KEY}) or in their
 * traditional forms ({@code RSA PRIVATE KEY}, {@code EC PRIVATE KEY}). At most 1 MiB.
 *
 * <p>Threading: stateless.
 */
final class PemFile {
    private static final int MAX_BYTES = 1 << 20;
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String PKCS8 = "PRIVATE KEY";
    private static final String ENCRYPTED_PKCS8 = "ENCRYPTED PRIVATE KEY";
    private static final String ENCRYPTED_HEADER = "ENCRYPTED";

    private static final int DER_INTEGER = 0x02;
    private static final int DER_OCTETS = 0x04;
    private static final int DER_SEQUENCE = 0x30;
    private static final int DER_LONG = 0x80;

    private PemFile() {}

    /** The certificates of a file, at least one, in its order. */
    static List<X509Certificate> certificates(Path file) throws TlsFilesException {
        List<X509Certificate> certificates = new ArrayList<>();
        Matcher block = BLOCK.matcher(read(file));
        while (block.find()) {
            if (block.group(1).equals(CERTIFICATE)) {
                certificates.add(certificate(file, decode(file, block.group(2))));
            }
        }
        if (certificates.isEmpty()) {
            throw new TlsFilesException(file + " has no certificate in PEM (-----BEGIN CERTIFICATE-----)");
        }
        return certificates;
    }

    private static X509Certificate certificate(Path file, byte[] der) throws TlsFilesException {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
        } catch (CertificateException e) {
            throw new TlsFilesException(file + " has a certificate that cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * The private key of a file.
     *
     * @param owner the public key it belongs to
     */
    static PrivateKey key(Path file, PublicKey owner) throws TlsFilesException {
        Matcher block = BLOCK.matcher(read(file));
        while (block.find()) {
            String label = block.group(1);
            if (label.equals(ENCRYPTED_PKCS8)
                    || (label.endsWith(PKCS8) && block.group(2).contains(ENCRYPTED_HEADER))) {
                throw new TlsFilesException(
                        file + " is encrypted, and nobody is there to type its password. Decrypt it: "
                                + "openssl pkey -in " + file + " -out decrypted.pem");
            }
            if (label.endsWith(PKCS8)) {
                byte[] der = decode(file, block.group(2));
                return key(file, label.equals(PKCS8) ? der : asPkcs8(der, owner), owner);
            }
        }
        throw new TlsFilesException(file + " has no private key in PEM (-----BEGIN PRIVATE KEY-----)");
    }

    private static PrivateKey key(Path file, byte[] pkcs8, PublicKey owner) throws TlsFilesException {
        try {
            return KeyFactory.getInstance(owner.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) {
            throw new TlsFilesException(
                    file + " has a key that cannot be read, or is not of the certificate's kind ("
                            + owner.getAlgorithm() + "). If it is, convert it: openssl pkey -in " + file
                            + " -out converted.pem",
                    e);
        }
    }

    /**
     * A key in its traditional form, wrapped: a sequence of version 0, the algorithm, and the key's own bytes. The
     * algorithm, which for EC has the curve in it, is the one that the public key says.
     */
    private static byte[] asPkcs8(byte[] traditional, PublicKey owner) {
        byte[] version = der(DER_INTEGER, new byte[1]);
        byte[] key = der(DER_OCTETS, traditional);
        return der(DER_SEQUENCE, join(version, algorithm(owner.getEncoded()), key));
    }

    /** The first element of an X.509 public key, which is a sequence of its algorithm and its bits. */
    private static byte[] algorithm(byte[] publicKey) {
        int begin = headerBytes(publicKey, 0);
        int body = headerBytes(publicKey, begin);
        int length = 0;
        if ((publicKey[begin + 1] & DER_LONG) == 0) {
            length = publicKey[begin + 1];
        } else {
            for (int at = begin + 2; at < begin + body; at++) {
                length = length << 8 | (publicKey[at] & 0xff);
            }
        }
        byte[] algorithm = new byte[body + length];
        System.arraycopy(publicKey, begin, algorithm, 0, algorithm.length);
        return algorithm;
    }

    /** How long tag and length of a DER value are. */
    private static int headerBytes(byte[] der, int at) {
        int length = der[at + 1];
        return 2 + ((length & DER_LONG) == 0 ? 0 : length & ~DER_LONG);
    }

    private static byte[] der(int tag, byte[] body) {
        int length = body.length;
        byte[] header = length < DER_LONG
                ? new byte[] {(byte) tag, (byte) length}
                : new byte[] {(byte) tag, (byte) (DER_LONG | 2), (byte) (length >> 8), (byte) length};
        return join(header, body);
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    private static byte[] decode(Path file, String base64) throws TlsFilesException {
        try {
            return Base64.getMimeDecoder().decode(base64.strip());
        } catch (IllegalArgumentException e) {
            throw new TlsFilesException(file + " is broken: " + e.getMessage(), e);
        }
    }

    private static String read(Path file) throws TlsFilesException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new TlsFilesException(file + " is larger than 1 MiB, so it is neither certificate nor key");
            }
            return new String(bytes, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw new TlsFilesException(file + " does not exist; check the path", e);
        } catch (IOException e) {
            throw new TlsFilesException(file + " cannot be read: " + e + "; check owner and permissions", e);
        }
    }
}
