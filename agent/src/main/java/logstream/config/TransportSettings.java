package logstream.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import logstream.forward.ForwardConfig;
import logstream.forward.ListenAddress;
import logstream.forward.TlsConfig;
import logstream.forward.UnixConfig;

/**
 * The settings of the section {@code forward} that say how connections are carried: TLS, UNIX sockets, heartbeats.
 *
 * <p>Threading: immutable.
 */
final class TransportSettings {
    static final Setting<Duration> HANDSHAKE_TIMEOUT = Setting.of(
            "forward.handshake_timeout",
            Types.duration(Duration.ofSeconds(1), Duration.ofMinutes(5)),
            ForwardConfig.DEFAULT.handshakeTimeout(),
            "How long a sender may take for what comes before its first message, such as TLS; then its connection is closed.");
    static final Setting<Boolean> UDP_HEARTBEAT = Setting.of(
            "forward.udp_heartbeat",
            Types.flag(),
            ForwardConfig.DEFAULT.udpHeartbeat(),
            "Whether datagrams to the TCP and TLS ports are answered with one byte, as fluentd's heartbeat_type udp asks.");
    static final Setting<String> UNIX_MODE = Setting.of(
            "forward.unix.mode",
            Types.text("permissions in octal, '0000' to '0777'", "0?[0-7]{3}"),
            "0" + Integer.toOctalString(UnixConfig.DEFAULT.mode()),
            "Who may connect to UNIX sockets: the permissions of their files; connecting needs write permission.");
    static final Setting<String> UNIX_OWNER = Setting.unset(
            "forward.unix.owner",
            Types.text(
                    "a user, 'user:group' or ':group'; names or numbers",
                    "[A-Za-z0-9._-]+(:[A-Za-z0-9._-]+)?|:[A-Za-z0-9._-]+"),
            "Owner of the files of UNIX sockets, instead of the agent's own user and group.");
    static final Setting<Path> TLS_CERTIFICATE = Setting.unset(
            "forward.tls.certificate",
            Types.file(),
            "The agent's certificate and behind it those that signed it, in PEM; read again when it changes.");
    static final Setting<Path> TLS_KEY = Setting.unset(
            "forward.tls.key",
            Types.file(),
            "The private key of the certificate, in PEM, unencrypted; read again when it changes.");
    static final Setting<Path> TLS_CLIENT_CA = Setting.unset(
            "forward.tls.client_ca",
            Types.file(),
            "Certificates, in PEM, of which one must have signed a sender's; without it senders need none.");
    static final Setting<String> TLS_MIN_VERSION = Setting.of(
            "forward.tls.min_version",
            Types.text("1.2 or 1.3", "1\\.[23]"),
            TlsConfig.Version.V1_2.toString(),
            "Oldest version of TLS that is spoken.");
    static final Setting<Integer> TLS_MAX_CONNECTIONS = Setting.of(
            "forward.tls.max_connections",
            Types.count(1, 100_000),
            TlsConfig.DEFAULT_MAX_CONNECTIONS,
            "TLS connections open at once, of all; an idle one costs about 5 KiB of memory.");

    static final List<Setting<?>> ALL = List.of(
            HANDSHAKE_TIMEOUT,
            UDP_HEARTBEAT,
            UNIX_MODE,
            UNIX_OWNER,
            TLS_CERTIFICATE,
            TLS_KEY,
            TLS_CLIENT_CA,
            TLS_MIN_VERSION,
            TLS_MAX_CONNECTIONS);

    private TransportSettings() {}

    static UnixConfig readUnix(Binder binder) {
        int mode = Integer.parseInt(binder.value(UNIX_MODE), 8);
        Optional<String> owner = Optional.ofNullable(binder.valueOrNull(UNIX_OWNER));
        return new UnixConfig(
                mode,
                owner.map(text -> text.replaceFirst(":.*", "")).filter(Predicate.not(String::isEmpty)),
                owner.filter(text -> text.contains(":")).map(text -> text.replaceFirst(".*:", "")));
    }

    /** Relative files begin at the folder of the configuration file. Empty when nothing is said of TLS. */
    static Optional<TlsConfig> readTls(Binder binder, Path file) {
        Optional<Path> certificate = read(binder, TLS_CERTIFICATE, file);
        Optional<Path> key = read(binder, TLS_KEY, file);
        if (certificate.isEmpty() || key.isEmpty()) {
            return Optional.empty();
        }
        boolean newest = binder.value(TLS_MIN_VERSION).equals(TlsConfig.Version.V1_3.toString());
        return Optional.of(new TlsConfig(
                certificate.get(),
                key.get(),
                read(binder, TLS_CLIENT_CA, file),
                newest ? TlsConfig.Version.V1_3 : TlsConfig.Version.V1_2,
                binder.value(TLS_MAX_CONNECTIONS)));
    }

    private static Optional<Path> read(Binder binder, Setting<Path> setting, Path file) {
        return Optional.ofNullable(binder.valueOrNull(setting))
                .map(path -> file.toAbsolutePath().resolveSibling(path).normalize());
    }

    /** Nobody is to believe that lines are encrypted, or that others may not send them, when that is not so. */
    static void findConflicts(Binder binder) {
        if (binder.wrong(ForwardSettings.LISTEN)) {
            return;
        }
        List<ListenAddress> listen = binder.value(ForwardSettings.LISTEN);
        boolean tls = listen.stream().anyMatch(ListenAddress.Tls.class::isInstance);
        boolean unix = listen.stream().anyMatch(ListenAddress.Unix.class::isInstance);
        for (Setting<?> needed : List.of(TLS_CERTIFICATE, TLS_KEY)) {
            if (tls && !binder.given(needed) && !binder.wrong(needed)) {
                binder.conflict(
                        ForwardSettings.LISTEN,
                        "a tls:// address needs " + needed.key() + ". Set it, or listen on tcp://");
            }
        }
        for (Setting<?> useless : List.of(TLS_CERTIFICATE, TLS_KEY, TLS_CLIENT_CA)) {
            requireUse(binder, useless, tls, "tls://");
        }
        requireUse(binder, UNIX_OWNER, unix, "unix://");
    }

    private static void requireUse(Binder binder, Setting<?> setting, boolean used, String scheme) {
        if (binder.given(setting) && !used) {
            binder.conflict(
                    setting,
                    setting.key() + " does nothing without a " + scheme + " address in " + ForwardSettings.LISTEN.key()
                            + ": give both or neither");
        }
    }
}
