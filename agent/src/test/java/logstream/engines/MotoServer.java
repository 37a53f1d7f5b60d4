package logstream.engines;

import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * moto's server (Python), by its command {@code moto_server}. One plain port; state in memory, empty at the start.
 *
 * <p>It does not understand CBOR, the SDK's default encoding: build clients for it while the system property
 * {@link #CBOR_ENABLED} is {@code false}. Its sequence numbers are 1, 2, 3, and it never throttles.
 */
public final class MotoServer implements AutoCloseable {
    public static final String CBOR_ENABLED = "aws.cborEnabled";
    private static final String COMMAND = "moto_server";

    private final EngineProcess process;

    private MotoServer(EngineProcess process) {
        this.process = process;
    }

    public static boolean isAvailable() {
        return EngineProcess.isOnPath(COMMAND);
    }

    /** Returns when it answers connections. */
    public static MotoServer start() {
        int port = EngineProcess.freePort();
        List<String> command = List.of(COMMAND, "-H", "127.0.0.1", "-p", Integer.toString(port));
        return new MotoServer(new EngineProcess("moto", port, command, Map.of()));
    }

    public URI endpoint() {
        return process.endpoint();
    }

    @Override
    public void close() {
        process.close();
    }
}
