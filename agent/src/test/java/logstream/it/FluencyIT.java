package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import logstream.engines.AgentProcess;
import logstream.engines.Program;
import logstream.local.LocalKinesis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.komamitsu.fluency.Fluency;
import org.komamitsu.fluency.fluentd.FluencyBuilderForFluentd;

/** A client that nobody here wrote, with acks on: everything it was given is in the stream, once. */
class FluencyIT {
    private static final int EVENTS = 10_000;
    private static final String TAG = "grid.devel/www-data/fluency:devel/www-data/fluency";

    @RegisterExtension
    static final Program PROGRAM = new Program();

    @Test
    void tenThousandEventsArriveOnce(@TempDir Path folder) throws IOException, InterruptedException {
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 2);
            AgentProcess agent = PROGRAM.runWith(folder, Yaml.of(folder, kinesis.endpoint()));

            FluencyBuilderForFluentd builder = new FluencyBuilderForFluentd();
            builder.setAckResponseMode(true);
            Set<String> given = new HashSet<>();
            try (Fluency fluency = builder.build("127.0.0.1", agent.forwardPort())) {
                for (int number = 0; number < EVENTS; number++) {
                    given.add("fluency-" + number);
                    fluency.emit(
                            TAG, Map.of("event", "fluency-" + number, "log", "line " + number, "source", "stdout"));
                }
                fluency.flush();
                assertThat(fluency.waitUntilAllBufferFlushed(30))
                        .as("every ack came")
                        .isTrue();
            }

            try (StreamRecords records = StreamRecords.open(kinesis.endpoint(), Yaml.STREAM)) {
                await("the events")
                        .atMost(Duration.ofSeconds(30))
                        .pollInterval(Duration.ofMillis(100))
                        .until(() -> records.all().size() >= EVENTS);
                Accounting.awaitBalance(agent);
                assertThat(agent.terminate()).as("exit code").isZero();
                assertThat(records.keysByEvent().keySet()).isEqualTo(given);
                Duplicates.none(records.keysByEvent());
                assertThat(records.all())
                        .allSatisfy(one ->
                                assertThat(one.json().path("tag").asText()).isEqualTo(TAG));
            }
        }
    }
}
