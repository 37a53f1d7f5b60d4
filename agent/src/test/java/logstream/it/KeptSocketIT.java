package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import logstream.engines.Engines;
import logstream.local.LocalKinesis;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The port that systemd opened and hands over: nobody is refused while the agent is started anew. */
class KeptSocketIT {
    /** What systemd does for a socket unit, as far as the agent sees: one open socket, standard input of each start. */
    private static final String SUPERVISOR = """
            import signal, socket, subprocess, sys
            kept = socket.socket()
            kept.bind(('127.0.0.1', 0))
            kept.listen(128)
            print(kept.getsockname()[1], flush=True)
            agent = None
            for word in sys.stdin:
                if word.strip() == 'start':
                    agent = subprocess.Popen(sys.argv[1:], stdin=kept)
                elif word.strip() == 'stop':
                    agent.terminate()
                    try:
                        agent.wait(60)
                    except subprocess.TimeoutExpired:
                        agent.kill()
                    print('exit', agent.wait(), flush=True)
                elif word.strip() == 'reload':
                    # systemd does so before it starts ExecReload with the socket.
                    kept.setblocking(True)
                    agent.send_signal(signal.SIGHUP)
                    print(0, flush=True)
            if agent and agent.poll() is None:
                agent.kill()
            """;

    @Test
    void whoConnectsWhileNoAgentRunsIsServedByTheNext(@TempDir Path folder) throws IOException {
        try (LocalKinesis kinesis = LocalKinesis.start(0);
                Supervisor supervisor = new Supervisor(folder)) {
            kinesis.createStream(Yaml.STREAM, 2);
            supervisor.configure(Yaml.of(folder, kinesis.endpoint())
                    .replace("tcp://127.0.0.1:0", "tcp://127.0.0.1:" + supervisor.port));
            long acknowledged = 0;

            // Before the first start, and between two.
            try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM)) {
                for (int round = 0; round < 2; round++) {
                    try (AckedLoad waiting = load(supervisor, round)) {
                        assertThat(waiting.acknowledgedCount()).isZero();
                        supervisor.say("start");
                        acknowledged += acknowledgedOf(waiting);
                    }
                    supervisor.say("reload");
                    assertThat(supervisor.answer()).isEqualTo("0");
                    try (AckedLoad afterwards = load(supervisor, 2 + round)) {
                        acknowledged += acknowledgedOf(afterwards);
                    }
                    long expected = acknowledged;
                    Awaitility.await("everything is in the stream")
                            .atMost(Duration.ofSeconds(60))
                            .pollInterval(Duration.ofMillis(100))
                            .until(() -> records.all().size() >= expected);

                    supervisor.say("stop");
                    assertThat(supervisor.answer()).isEqualTo("exit 0");
                    assertThat(supervisor.said())
                            .contains("This address was open before the agent, and stays open after it")
                            .as("what is said after the port was let go")
                            .contains("stopped: every line is delivered");
                }
                assertThat(records.all()).hasSize((int) acknowledged);
            }
        }
    }

    private static AckedLoad load(Supervisor supervisor, int seed) throws IOException {
        return AckedLoad.start(supervisor.port, 4, Duration.ofMillis(1), 200, new Random(seed), count -> {});
    }

    /** How many events were acknowledged when some were. */
    private static long acknowledgedOf(AckedLoad load) {
        Awaitility.await("acks from the agent that took the connection")
                .atMost(Duration.ofSeconds(60))
                .until(() -> load.acknowledgedCount() > 100);
        assertThat(load.finish()).isTrue();
        assertThat(load.failure()).isEmpty();
        return load.acknowledgedCount();
    }

    private static final class Supervisor implements AutoCloseable {
        private final Path config;
        private final Path log;
        private final Process process;
        private final BufferedReader answers;
        private final int port;

        Supervisor(Path folder) throws IOException {
            config = folder.resolve("logstream.yml");
            log = folder.resolve("said");
            List<String> command = new ArrayList<>(List.of("python3", "-c", SUPERVISOR));
            command.addAll(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "@" + Path.of("bin", "java.options").toAbsolutePath(),
                    "-Xmx80m",
                    "-jar",
                    Path.of("target", "logstream-agent.jar").toAbsolutePath().toString(),
                    "run",
                    "--config",
                    config.toString()));
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
            builder.environment().put("AWS_ACCESS_KEY_ID", "test");
            builder.environment().put("AWS_SECRET_ACCESS_KEY", "test");
            process = start(builder);
            answers = process.inputReader();
            port = Integer.parseInt(answer());
        }

        private static Process start(ProcessBuilder builder) {
            try {
                return builder.start();
            } catch (IOException e) {
                Engines.require(false, "python3, which stands in for systemd (" + e.getMessage() + ")");
                throw new UncheckedIOException(e);
            }
        }

        void configure(String yaml) throws IOException {
            Files.writeString(config, yaml);
        }

        void say(String word) throws IOException {
            Writer words = process.outputWriter();
            words.write(word + "\n");
            words.flush();
        }

        /** The next line of its output that is no log line of the agent. */
        String answer() throws IOException {
            String line = answers.readLine();
            while (line != null && !line.matches("\\d+|exit -?\\d+")) {
                Files.writeString(log, line + "\n", StandardOpenOption.APPEND);
                line = answers.readLine();
            }
            return String.valueOf(line);
        }

        String said() throws IOException {
            return Files.readString(log);
        }

        @Override
        public void close() throws IOException {
            process.outputWriter().close();
            try {
                if (!process.waitFor(20, TimeUnit.SECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
