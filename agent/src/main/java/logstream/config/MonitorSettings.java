package logstream.config;

import java.util.List;
import logstream.metrics.MonitorConfig;

/**
 * The settings of the section {@code monitor}.
 *
 * <p>Threading: immutable.
 */
final class MonitorSettings {
    static final Setting<String> BIND = Setting.of(
            "monitor.bind", Types.address(), MonitorConfig.DEFAULT.bind(), "Address of `/healthz` and `/metrics`.");
    static final Setting<Integer> PORT = Setting.of(
            "monitor.port", Types.port(), MonitorConfig.DEFAULT.port(), "TCP port of `/healthz` and `/metrics`.");

    static final List<Setting<?>> ALL = List.of(BIND, PORT);

    private MonitorSettings() {}

    static MonitorConfig read(Binder binder) {
        return new MonitorConfig(binder.value(BIND), binder.value(PORT));
    }
}
