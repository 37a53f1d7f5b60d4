package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import logstream.Symptom;
import logstream.engines.AgentProcess;
import logstream.engines.Program;
import logstream.local.LocalKinesis;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Acknowledged means durable: the agent is killed with SIGKILL while eight connections send acked events, started again on
 * the same folder, and everything that was acknowledged is in the stream.
 */
class KillIT {
    private static final int CONNECTIONS = 8;
    private static final int LATEST_KILL = 1_500;

    @RegisterExtension
    static final Program PROGRAM = new Program();

    @RepeatedTest(20)
    @Symptom("The stream has a line twice")
    void nothingAcknowledgedIsLost(RepetitionInfo round, @TempDir Path folder) throws IOException {
        killAndStartAgain(round.getCurrentRepetition(), folder);
    }

    @Tag("proof")
    @RepeatedTest(180)
    void nothingAcknowledgedIsLostInTwoHundredRounds(RepetitionInfo round, @TempDir Path folder) throws IOException {
        killAndStartAgain(1_000 + round.getCurrentRepetition(), folder);
    }

    private static void killAndStartAgain(int round, Path folder) throws IOException {
        // The moment differs from round to round, and is the same when a round is run again.
        Random random = new Random(round);
        long killAfter = 1L + random.nextInt(LATEST_KILL);
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 2);
            String yaml = Yaml.of(folder, kinesis.endpoint());

            Set<String> acknowledged = loadUntilKilled(PROGRAM.runWith(folder, yaml), killAfter, random);
            if (round % 5 == 0) {
                // Killed once more, while it sends what it recovered.
                AgentProcess second = PROGRAM.runWith(folder, yaml);
                second.forwardPort();
                second.kill9();
            }
            AgentProcess last = PROGRAM.runWith(folder, yaml);

            try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM)) {
                Accounting.awaitBalance(last);
                assertThat(last.terminate()).as("exit code").isZero();
                Map<String, List<String>> keys = records.keysByEvent();
                Set<String> missing = new HashSet<>(acknowledged);
                missing.removeAll(keys.keySet());
                assertThat(missing).as("acknowledged, and not in the stream").isEmpty();
                Duplicates.onlyWithTheSameKey(keys);
            }
        }
    }

    private static Set<String> loadUntilKilled(AgentProcess agent, long killAfter, Random random) throws IOException {
        try (AckedLoad load = AckedLoad.start(agent.forwardPort(), CONNECTIONS, Duration.ZERO, 1_000, random, count -> {
            if (count == killAfter) {
                agent.kill9();
            }
        })) {
            agent.awaitExit();
            // An ack that had reached the socket before the end still counts.
            assertThat(load.finish()).isTrue();
            assertThat(load.acknowledged()).hasSizeGreaterThanOrEqualTo((int) killAfter);
            return load.acknowledged();
        }
    }
}
