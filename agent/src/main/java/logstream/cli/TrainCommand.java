package logstream.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import logstream.Agent;
import logstream.Reload;
import logstream.StartException;
import logstream.config.ConfigException;
import logstream.config.ConfigFile;
import logstream.kinesis.KinesisStream;
import logstream.kinesis.StreamState;
import logstream.metrics.Metrics;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * Does for a few seconds what an agent does on a host, so that Java can watch and write what it learns into a cache that makes
 * each later start short (JEP 514). For the build, which runs it with {@code -XX:AOTCacheOutput}; hidden from users.
 */
@Command(name = "train", hidden = true, description = "Run for a few seconds, so that Java can write its AOT cache.")
final class TrainCommand implements Callable<Integer> {
    private static final int LINES = 40_000;
    private static final int SHARDS = 50;
    private static final String LINE = "GET /assets/application-1f9c2.css HTTP/1.1 200 1843 \"Mozilla/5.0\" request=";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        LocalSetting.provideCredentials();
        Path folder = Files.createTempDirectory("logstream-train");
        try (LocalEndpoint endpoint = LocalEndpoint.open(0, "")) {
            endpoint.create(LocalSetting.STREAM, SHARDS);
            Agent agent = start(folder, endpoint.uri());
            try {
                send(agent.forwardPort());
                readMetrics(agent.monitorPort());
                shakeHands(endpoint.uri());
            } finally {
                agent.stop();
            }
        } finally {
            delete(folder);
        }
        return ExitCode.OK;
    }

    private static Agent start(Path folder, URI endpoint) throws IOException, ConfigException, StartException {
        Path config = folder.resolve("logstream.yml");
        Files.writeString(
                config, """
                forward:
                  listen: tcp://127.0.0.1:0
                record:
                  tags: ["**"]
                buffer:
                  directory: %s
                kinesis:
                  stream: %s
                  region: %s
                  endpoint_url: %s
                monitor:
                  port: 0
                """.formatted(folder.resolve("buffer"), LocalSetting.STREAM, LocalSetting.REGION, endpoint));
        return Agent.start(ConfigFile.read(config), Reload.Source.NONE);
    }

    private void send(int port) throws Failure {
        StringBuilder text = new StringBuilder();
        for (int line = 0; line < LINES; line++) {
            text.append(LINE).append(line).append('\n');
        }
        InputStream lines = new ByteArrayInputStream(text.toString().getBytes(StandardCharsets.UTF_8));
        ContainerEvents events = new ContainerEvents(
                "grid.dev/www-data/hello:dev/www-data/hello",
                "0".repeat(64),
                "/hello",
                "stdout",
                InstantSource.system());
        new Sending(new LineReader(lines), events, spec.commandLine().getErr())
                .withAcks(new HostPort("127.0.0.1", port), Duration.ofSeconds(60));
    }

    private static void readMetrics(int port) throws IOException {
        try (InputStream page =
                URI.create("http://127.0.0.1:" + port + "/metrics").toURL().openStream()) {
            page.transferTo(OutputStream.nullOutputStream());
        }
    }

    /** AWS is spoken to over TLS. The local endpoint does not know it, but half a handshake is half of the classes. */
    private static void shakeHands(URI endpoint) {
        URI secured = URI.create("https://127.0.0.1:" + endpoint.getPort());
        KinesisStream stream = KinesisStream.open(
                LocalSetting.kinesis(LocalSetting.STREAM, LocalSetting.REGION, secured), new Metrics());
        StreamState _ = stream.check();
        stream.close();
    }

    private static void delete(Path folder) throws IOException {
        List<Path> inside;
        try (Stream<Path> walk = Files.walk(folder)) {
            inside = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : inside) {
            Files.delete(path);
        }
    }
}
