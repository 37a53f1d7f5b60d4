package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import logstream.engines.AgentProcess;
import logstream.engines.Engines;
import logstream.engines.Program;
import logstream.local.LocalKinesis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The disk under the buffer is full: intake waits, the agent lives, and intake goes on by itself when there is room again,
 * whether somebody made it or Kinesis took what was buffered.
 */
class DiskFullIT {
    private static final int DISK_MEBIBYTES = 8;
    private static final int BALLAST_BYTES = 2 << 20;

    @RegisterExtension
    static final Program PROGRAM = new Program();

    @Test
    void aFullDiskMakesSendersWait(@TempDir Path folder) throws IOException, InterruptedException {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Engines.require(mount(disk), "a small disk to fill (only root can mount one)");
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 2);
            kinesis.down();
            Path ballast = Files.write(disk.resolve("ballast"), new byte[BALLAST_BYTES]);
            AgentProcess agent = PROGRAM.runWith(folder, Yaml.of(disk.resolve("buffer"), kinesis.endpoint(), "1MiB"));
            try (AckedLoad load =
                    AckedLoad.start(agent.forwardPort(), 4, Duration.ZERO, 8_000, new Random(2), count -> {})) {
                long untilFull = awaitStandstill(load);
                assertThat(untilFull)
                        .as("events taken before the disk was full")
                        .isGreaterThan(500);
                assertThat(agent.metrics()).as("the agent still answers").isNotEmpty();

                Files.delete(ballast);
                await("intake after room was made")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> load.acknowledgedCount() > untilFull + 50);
                long untilFullAgain = awaitStandstill(load);

                kinesis.up();
                await("intake after Kinesis took the buffer")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> load.acknowledgedCount() > untilFullAgain + 1_000);
                assertThat(load.finish())
                        .as("every connection got its last ack")
                        .isTrue();
                assertThat(load.failure()).as("a connection that broke").isEmpty();
                everythingArrives(kinesis, load, agent);
            }
        } finally {
            // Lazily: after a failure the agent still has files open.
            run("umount", "--lazy", disk.toString());
        }
    }

    private static void everythingArrives(LocalKinesis kinesis, AckedLoad load, AgentProcess agent) {
        try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM)) {
            await("the acknowledged events")
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> records.keysByEvent().keySet().containsAll(load.acknowledged()));
            Accounting.awaitBalance(agent);
            assertThat(agent.terminate()).as("exit code").isZero();
            assertThat(records.keysByEvent().keySet()).isEqualTo(load.acknowledged());
            Duplicates.none(records.keysByEvent());
        }
    }

    /** Waits until no ack has come for two seconds; returns how many there are. */
    private static long awaitStandstill(AckedLoad load) {
        AtomicLong before = new AtomicLong(-1);
        await("the disk to be full")
                .pollInterval(Duration.ofMillis(200))
                .during(Duration.ofSeconds(2))
                .atMost(Duration.ofSeconds(60))
                .until(() -> {
                    long now = load.acknowledgedCount();
                    return now == before.getAndSet(now);
                });
        return load.acknowledgedCount();
    }

    private static boolean mount(Path disk) throws IOException, InterruptedException {
        return run("mount", "-t", "tmpfs", "-o", "size=" + DISK_MEBIBYTES + "m", "logstream-test", disk.toString())
                == 0;
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
