package logstream.forward;

/**
 * How the agent listens for containers.
 *
 * @param bind address to listen on; loopback unless told otherwise
 * @param port TCP port; 0 lets the system choose one
 * @param maxConnections connections open at once; more wait unaccepted; each costs about 6 KiB of heap while it is idle
 * @param maxEventBytes largest event, as msgpack bytes; a larger one is dropped, counted and acknowledged
 */
public record ForwardConfig(String bind, int port, int maxConnections, int maxEventBytes) {
    /** The port that Docker's driver uses unless told otherwise. */
    public static final int DEFAULT_PORT = 24224;

    public static final ForwardConfig DEFAULT = new ForwardConfig("127.0.0.1", DEFAULT_PORT, 2_000, 1 << 20);

    public ForwardConfig withPort(int newPort) {
        return new ForwardConfig(bind, newPort, maxConnections, maxEventBytes);
    }
}
