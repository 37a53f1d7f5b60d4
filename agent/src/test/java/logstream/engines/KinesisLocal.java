package logstream.engines;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * kinesis-mock as npm's package kinesis-local has it, run by {@code node}. The system property {@link #MAIN}, or the
 * environment variable of that name, says where the package's {@code main.js} is. Speaks CBOR and JSON, reshards, never
 * throttles; slow (about 2,000 records a second). A new stream takes half a second to become active.
 */
public final class KinesisLocal implements AutoCloseable {
    public static final String MAIN = "KINESIS_LOCAL";

    private final EngineProcess process;

    private KinesisLocal(EngineProcess process) {
        this.process = process;
    }

    public static boolean isAvailable() {
        Path main = main();
        return main != null && Files.isReadable(main) && EngineProcess.isOnPath("node");
    }

    /** Returns when it answers connections. */
    public static KinesisLocal start() {
        Path main = main();
        if (main == null) {
            throw new IllegalStateException("neither property nor environment variable " + MAIN + " is set");
        }
        int port = EngineProcess.freePort();
        // Without the certificate of its package it does not start, although only the plain port is used.
        Map<String, String> environment = Map.of(
                "KINESIS_MOCK_CERT_PATH", main.resolveSibling("server.json").toString(),
                "KINESIS_MOCK_TLS_PORT", Integer.toString(EngineProcess.freePort()),
                "KINESIS_MOCK_PLAIN_PORT", Integer.toString(port),
                "SHARD_LIMIT", "500",
                "LOG_LEVEL", "ERROR");
        List<String> command = List.of("node", main.toString());
        return new KinesisLocal(new EngineProcess("kinesis-local", port, command, environment));
    }

    public URI endpoint() {
        return process.endpoint();
    }

    private static @Nullable Path main() {
        String path = System.getProperty(MAIN, System.getenv(MAIN));
        return path == null || path.isBlank() ? null : Path.of(path);
    }

    @Override
    public void close() {
        process.close();
    }
}
