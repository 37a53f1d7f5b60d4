package logstream.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import logstream.forward.Secret;
import logstream.forward.TlsConfig;
import logstream.monitor.MonitorConfig;
import logstream.monitor.MonitorConfig.Access;

/**
 * The settings of the section {@code monitor}.
 *
 * <p>Threading: immutable.
 */
final class MonitorSettings {
    static final Setting<String> BIND = Setting.of(
            "monitor.bind",
            Types.address(),
            MonitorConfig.DEFAULT.bind(),
            "Address of the status page, `/metrics`, `/healthz` and the rest.");
    static final Setting<Integer> PORT =
            Setting.of("monitor.port", Types.port(), MonitorConfig.DEFAULT.port(), "TCP port of the same.");
    static final Setting<Secret> TOKEN = Setting.unset(
            "monitor.token",
            Secrets.secret(),
            "What those must know who watch lines, see the configuration or have it read again; without it nobody may.");
    static final Setting<List<String>> HOSTS = Setting.unset(
            "monitor.hosts",
            Types.names(),
            "Names by which this host is asked over HTTP, besides its IP addresses, localhost and its own name.");
    static final Setting<Path> TLS_CERTIFICATE = Setting.unset(
            "monitor.tls.certificate",
            Types.file(),
            "Certificate in PEM, as `forward.tls.certificate`; with it the port speaks HTTPS.");
    static final Setting<Path> TLS_KEY = Setting.unset(
            "monitor.tls.key", Types.file(), "Its private key in PEM, unencrypted; read again when it changes.");

    static final List<Setting<?>> ALL = List.of(BIND, PORT, TOKEN, HOSTS, TLS_CERTIFICATE, TLS_KEY);

    private MonitorSettings() {}

    static MonitorConfig read(Binder binder, Path file) {
        Access access = Optional.ofNullable(binder.valueOrNull(TOKEN))
                .<Access>map(Access.Token::new)
                .orElse(new Access.Nobody());
        return new MonitorConfig(
                binder.value(BIND),
                binder.value(PORT),
                access,
                Optional.ofNullable(binder.valueOrNull(HOSTS)).orElse(List.of()),
                tls(binder, file));
    }

    private static Optional<TlsConfig> tls(Binder binder, Path file) {
        Optional<Path> certificate = read(binder, TLS_CERTIFICATE, file);
        Optional<Path> key = read(binder, TLS_KEY, file);
        return certificate.flatMap(present -> key.map(own -> new TlsConfig(
                present, own, Optional.empty(), TlsConfig.Version.V1_2, TlsConfig.DEFAULT_MAX_CONNECTIONS)));
    }

    private static Optional<Path> read(Binder binder, Setting<Path> setting, Path file) {
        return Optional.ofNullable(binder.valueOrNull(setting))
                .map(path -> file.toAbsolutePath().resolveSibling(path).normalize());
    }

    /** One without the other does nothing, and somebody would believe that it does. */
    static void findConflicts(Binder binder) {
        requireOther(binder, TLS_CERTIFICATE, TLS_KEY);
        requireOther(binder, TLS_KEY, TLS_CERTIFICATE);
    }

    private static void requireOther(Binder binder, Setting<Path> given, Setting<Path> other) {
        if (binder.given(given) && !binder.given(other)) {
            binder.conflict(given, given.key() + " does nothing without " + other.key() + ": give both or neither");
        }
    }
}
