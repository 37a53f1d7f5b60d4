package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import logstream.engines.AgentProcess;
import logstream.engines.Program;
import logstream.local.Faults;
import logstream.local.LocalKinesis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Kinesis is away for half a minute while containers go on writing: nothing is lost, nothing comes twice. */
class OutageIT {
    private static final Duration OUTAGE = Duration.ofSeconds(30);
    private static final Duration BACK_IN_USE = Duration.ofSeconds(5);

    @RegisterExtension
    static final Program PROGRAM = new Program();

    @Test
    void anOutageOfThirtySecondsCostsNothing(@TempDir Path folder) throws IOException {
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 2);
            AgentProcess agent = PROGRAM.runWith(folder, Yaml.of(folder, kinesis.endpoint()));
            try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM);
                    AckedLoad load = AckedLoad.start(
                            agent.forwardPort(), 8, Duration.ofMillis(10), 300, new Random(1), count -> {})) {
                await("a first delivery")
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> records.all().size() >= 100);

                Instant down = Instant.now();
                goAway(kinesis);
                intakeGoesOnFor(OUTAGE, load);
                // The endpoint tells arrivals in whole milliseconds.
                Instant up = Instant.now().truncatedTo(ChronoUnit.MILLIS);
                kinesis.up();

                await("delivery again")
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> records.all().stream()
                                .anyMatch(one -> !one.arrived().isBefore(up)));
                assertThat(load.finish())
                        .as("every connection got its last ack")
                        .isTrue();
                assertThat(load.failure()).as("a connection that broke").isEmpty();
                await("the acknowledged events")
                        .atMost(Duration.ofSeconds(60))
                        .pollInterval(Duration.ofMillis(200))
                        .until(() -> records.keysByEvent().keySet().containsAll(load.acknowledged()));
                Accounting.awaitBalance(agent);
                assertThat(agent.terminate()).as("exit code").isZero();

                assertThat(records.keysByEvent().keySet()).isEqualTo(load.acknowledged());
                Duplicates.none(records.keysByEvent());
                deliveredAgainInTime(records.all(), down, up);
            }
        }
    }

    /** No answer is cut off whose records were accepted: those would come twice, rightly. */
    private static void goAway(LocalKinesis kinesis) {
        kinesis.faults(Faults.none().withHangUp(true));
        AtomicLong before = new AtomicLong(-1);
        await("requests in work to be answered")
                .pollInterval(Duration.ofMillis(100))
                .during(Duration.ofMillis(500))
                .atMost(Duration.ofSeconds(10))
                .until(() -> {
                    long now = kinesis.accepted();
                    return now == before.getAndSet(now);
                });
        kinesis.down();
        kinesis.faults(Faults.none());
    }

    /** Acks keep coming all the while: a dead Kinesis stops no container. */
    private static void intakeGoesOnFor(Duration outage, AckedLoad load) {
        AtomicLong before = new AtomicLong(load.acknowledgedCount());
        await("intake during the outage")
                .pollDelay(Duration.ofSeconds(2))
                .pollInterval(Duration.ofSeconds(2))
                .during(outage)
                .atMost(outage.plusSeconds(5))
                .until(() -> {
                    long now = load.acknowledgedCount();
                    return now > before.getAndSet(now);
                });
    }

    private static void deliveredAgainInTime(List<StreamRecords.Found> records, Instant down, Instant up) {
        assertThat(records)
                .as("what arrived while the endpoint was down")
                .noneMatch(one -> one.arrived().isAfter(down.plusSeconds(1))
                        && one.arrived().isBefore(up));
        Instant first = records.stream()
                .map(StreamRecords.Found::arrived)
                .filter(arrived -> !arrived.isBefore(up))
                .min(Instant::compareTo)
                .orElseThrow();
        assertThat(Duration.between(up, first)).as("wait for the first record").isLessThanOrEqualTo(BACK_IN_USE);
    }
}
