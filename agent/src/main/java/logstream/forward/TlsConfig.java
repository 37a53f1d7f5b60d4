package logstream.forward;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How TLS is spoken.
 *
 * @param certificate PEM file of the agent's certificate, and behind it those that it is signed by
 * @param key PEM file of its private key
 * @param clientCa PEM file of the certificates that those of senders must be signed by; empty asks senders for none
 * @param minVersion the oldest version that is spoken
 * @param maxConnections connections open at once
 */
public record TlsConfig(Path certificate, Path key, Optional<Path> clientCa, Version minVersion, int maxConnections) {
    /** About 4 KiB each while they are idle, and more in their handshakes. */
    public static final int DEFAULT_MAX_CONNECTIONS = 1_000;

    /** A version of TLS. */
    public enum Version {
        V1_2,
        V1_3;

        /** This one and those after it, by their names in Java. */
        List<String> andNewer() {
            return switch (this) {
                case V1_2 -> List.of("TLSv1.3", "TLSv1.2");
                case V1_3 -> List.of("TLSv1.3");
            };
        }

        /** As people write it. */
        @Override
        public String toString() {
            return switch (this) {
                case V1_2 -> "1.2";
                case V1_3 -> "1.3";
            };
        }
    }
}
