package logstream.monitor;

import java.util.List;
import java.util.Optional;
import logstream.forward.Secret;
import logstream.forward.TlsConfig;

/**
 * Where the monitor answers, and whom.
 *
 * @param bind address to listen on; loopback unless told otherwise
 * @param port TCP port; 0 lets the system choose one
 * @param access who may see lines and the configuration
 * @param hosts names of this host that requests may be made to, besides addresses, {@code localhost} and its own name
 * @param tls answer HTTPS instead of HTTP
 */
public record MonitorConfig(String bind, int port, Access access, List<String> hosts, Optional<TlsConfig> tls) {
    /** The port of fluentd's monitor_agent, which existing collectors ask. */
    public static final MonitorConfig DEFAULT =
            new MonitorConfig("127.0.0.1", 24220, new Access.Nobody(), List.of(), Optional.empty());

    /** Who may see lines and the configuration, and have it read again. Health and counters are for everybody. */
    public sealed interface Access {
        /** Whoever knows the token. */
        record Token(Secret token) implements Access {}

        /** No token is set. */
        record Nobody() implements Access {}

        /** Everybody who reaches the port: an agent that only tries things out. */
        record Everybody() implements Access {}
    }

    /** The same on another port. */
    public MonitorConfig withPort(int newPort) {
        return new MonitorConfig(bind, newPort, access, hosts, tls);
    }

    /** The same with other access. */
    public MonitorConfig withAccess(Access newAccess) {
        return new MonitorConfig(bind, port, newAccess, hosts, tls);
    }
}
