package logstream.forward;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How the agent listens for containers.
 *
 * @param listen where; at least one address
 * @param maxConnections connections open at once; more wait unaccepted
 * @param messageTimeout how long a sender may stop inside a message; then its connection is closed
 * @param handshakeTimeout how long a sender may take before its first message; then its connection is closed
 * @param maxWaitingBytes what connections whose senders stopped inside a message may keep in memory together
 * @param bounds what one message may cost
 * @param security who may send
 * @param udpHeartbeat whether datagrams to the same ports are answered
 * @param unix who may connect to UNIX sockets
 * @param tls how TLS is spoken; there when an address wants it
 */
public record ForwardConfig(
        List<ListenAddress> listen,
        int maxConnections,
        Duration messageTimeout,
        Duration handshakeTimeout,
        long maxWaitingBytes,
        MessageBounds bounds,
        SecurityConfig security,
        boolean udpHeartbeat,
        UnixConfig unix,
        Optional<TlsConfig> tls) {
    public static final ForwardConfig DEFAULT = new ForwardConfig(
            List.of(new ListenAddress.Tcp("127.0.0.1", ListenAddress.DEFAULT_PORT)),
            10_000,
            Duration.ofSeconds(60),
            Duration.ofSeconds(10),
            8L << 20,
            MessageBounds.DEFAULT,
            SecurityConfig.OPEN,
            true,
            UnixConfig.DEFAULT,
            Optional.empty());

    /** On another port of the loopback address, and nowhere else. */
    public ForwardConfig withPort(int port) {
        return withListen(List.of(new ListenAddress.Tcp("127.0.0.1", port)));
    }

    public ForwardConfig withListen(List<ListenAddress> newListen) {
        return new ForwardConfig(
                newListen,
                maxConnections,
                messageTimeout,
                handshakeTimeout,
                maxWaitingBytes,
                bounds,
                security,
                udpHeartbeat,
                unix,
                tls);
    }

    public ForwardConfig withSecurity(SecurityConfig newSecurity) {
        return new ForwardConfig(
                listen,
                maxConnections,
                messageTimeout,
                handshakeTimeout,
                maxWaitingBytes,
                bounds,
                newSecurity,
                udpHeartbeat,
                unix,
                tls);
    }
}
