package logstream.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import logstream.bench.load.LoadPlan;
import logstream.bench.load.LoadProgram;
import logstream.bench.sink.SinkPlan;
import logstream.bench.sink.SinkProgram;
import org.jspecify.annotations.Nullable;

/**
 * The three processes of a run, from before their start to after their end: sink, agent, load generator.
 *
 * <p>Threading: one thread; {@link #close} from any.
 */
final class Rig implements AutoCloseable {
    /** The records of a run are remembered in it, 8 bytes each. */
    private static final String SINK_HEAP = "-Xmx512m";

    private static final String LOAD_HEAP = "-Xmx256m";

    private final Place place;
    private final Path folder;
    private final Scenario scenario;
    private final Child sink;
    private final Child load;
    private final int port;
    private final int sinkPort;
    private @Nullable AgentProgram agent;

    /**
     * Where runs take place.
     *
     * @param launcher agent/bin/logstream
     * @param work folder for buffers, on the disk that is to be measured
     * @param certificate of the sink; null for plain HTTP
     */
    record Place(Path launcher, Path work, @Nullable Certificate certificate) {}

    /** Starts sink and load generator; the latter waits for an agent to listen. */
    static Rig open(Place place, Scenario scenario) throws IOException {
        Path folder = Files.createDirectories(place.work().resolve(scenario.name()));
        return new Rig(place, folder, scenario);
    }

    private Rig(Place place, Path folder, Scenario scenario) throws IOException {
        this.place = place;
        this.folder = folder;
        this.scenario = scenario;
        this.port = freePort();
        this.sink = Child.start(SinkProgram.class, SINK_HEAP);
        this.load = Child.start(LoadProgram.class, LOAD_HEAP);
        Certificate certificate = place.certificate();
        sink.tellJson(new SinkPlan(
                certificate == null ? "" : certificate.keyStore().toString(), Certificate.PASSWORD, scenario.faults()));
        this.sinkPort = sink.answer(Integer.class);
        load.tellJson(scenario.load().withPort(port));
    }

    Child sink() {
        return sink;
    }

    Child load() {
        return load;
    }

    /** Starts the agent and waits until all connections are made. */
    AgentProgram startAgent() throws IOException, RunFailedException {
        delete(folder.resolve("buffer"));
        Files.deleteIfExists(folder.resolve("agent.log"));
        AgentProgram started = AgentProgram.start(place.launcher(), folder, yaml(), environment());
        agent = started;
        // It would wait for its acks and connections in vain.
        started.whenItFails(load::close);
        return started;
    }

    /** Waits until the load generator has connected; gives the {@link System#nanoTime} at which the agent listened. */
    long awaitConnected(AgentProgram started) throws RunFailedException {
        try {
            return load.answer(Long.class);
        } catch (IOException e) {
            throw started.failed("the load generator cannot connect", e);
        }
    }

    private String yaml() {
        LoadPlan plan = scenario.load();
        return """
                forward:
                  listen: tcp://127.0.0.1:%d
                  max_connections: %d
                buffer:
                  directory: %s
                kinesis:
                  stream: bench
                  region: us-east-1
                  endpoint_url: %s://localhost:%d
                monitor:
                  port: 0
                """.formatted(
                        port,
                        Math.max(2_000, plan.connections() + plan.idle() + 100),
                        folder.resolve("buffer"),
                        place.certificate() == null ? "http" : "https",
                        sinkPort);
    }

    private Map<String, String> environment() {
        StringBuilder options = new StringBuilder();
        Certificate certificate = place.certificate();
        if (certificate != null) {
            options.append("-Djavax.net.ssl.trustStore=").append(certificate.trustStore());
            options.append(" -Djavax.net.ssl.trustStorePassword=").append(Certificate.PASSWORD);
        }
        options.append(' ').append(scenario.agentOptions());
        // The caller's come last, and win: for a profiler, or another heap.
        options.append(' ').append(System.getenv().getOrDefault("LOGSTREAM_JAVA_OPTS", ""));
        Map<String, String> environment = new HashMap<>();
        environment.put("LOGSTREAM_JAVA_OPTS", options.toString().trim());
        environment.put("AWS_ACCESS_KEY_ID", "bench");
        environment.put("AWS_SECRET_ACCESS_KEY", "bench");
        return environment;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Ends what still runs, and deletes the buffer; log and configuration stay until the next run. */
    @Override
    public void close() {
        AgentProgram started = agent;
        if (started != null) {
            started.close();
        }
        load.close();
        sink.close();
        try {
            delete(folder.resolve("buffer"));
        } catch (IOException e) {
            System.err.println("bench: " + folder.resolve("buffer") + " could not be deleted: " + e);
        }
    }

    static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> files = Files.walk(tree)) {
            deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : deepestFirst) {
            Files.delete(file);
        }
    }
}
