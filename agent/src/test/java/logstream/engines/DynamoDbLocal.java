package logstream.engines;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * DynamoDB Local, in a Java of its own: its libraries are others than ours. The system property {@link #FOLDER}, or the
 * environment variable of that name, says where they are. State in memory, empty at the start.
 */
public final class DynamoDbLocal implements AutoCloseable {
    public static final String FOLDER = "DYNAMODB_LOCAL";
    private static final String MAIN = "com.amazonaws.services.dynamodbv2.local.main.ServerRunner";

    private final EngineProcess process;

    private DynamoDbLocal(EngineProcess process) {
        this.process = process;
    }

    public static boolean isAvailable() {
        Path folder = folder();
        return folder != null && Files.isDirectory(folder);
    }

    /** Returns when it answers connections. */
    public static DynamoDbLocal start() {
        Path folder = folder();
        if (folder == null) {
            throw new IllegalStateException("neither property nor environment variable " + FOLDER + " is set");
        }
        int port = EngineProcess.freePort();
        // Unless told so, it reports its use to AWS.
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                folder + "/*",
                MAIN,
                "-inMemory",
                "-disableTelemetry",
                "-port",
                Integer.toString(port));
        return new DynamoDbLocal(new EngineProcess("dynamodb-local", port, command, Map.of()));
    }

    public URI endpoint() {
        return process.endpoint();
    }

    private static @Nullable Path folder() {
        String path = System.getProperty(FOLDER, System.getenv(FOLDER));
        return path == null || path.isBlank() ? null : Path.of(path);
    }

    @Override
    public void close() {
        process.close();
    }
}
