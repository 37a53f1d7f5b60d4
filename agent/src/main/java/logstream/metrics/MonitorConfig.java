package logstream.metrics;

/**
 * Where health and metrics are shown.
 *
 * @param bind address to listen on; loopback unless told otherwise
 * @param port TCP port; 0 lets the system choose one
 */
public record MonitorConfig(String bind, int port) {
    /** The port of fluentd's monitor_agent, which existing collectors ask. */
    public static final MonitorConfig DEFAULT = new MonitorConfig("127.0.0.1", 24220);
}
