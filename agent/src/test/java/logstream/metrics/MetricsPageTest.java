package logstream.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.atomic.LongAdder;
import logstream.metrics.Metrics.DropCause;
import org.junit.jupiter.api.Test;

class MetricsPageTest {
    private static final Path GOLDEN = Path.of("src/test/resources/logstream/metrics/metrics.txt");

    /**
     * The page is an outward face: what changes here breaks somebody's dashboard. With the system property
     * {@code golden.write} the file is written anew, to be read before it is committed.
     */
    @Test
    void thePageIsTheGoldenFile() throws IOException {
        Metrics metrics = new Metrics();
        metrics.eventsReceived.add(1_234_567_890L);
        metrics.dropped(DropCause.UNMATCHED_TAG).add(3);
        metrics.gauges(new Metrics.Gauges(
                () -> 1, () -> 2, () -> 3, () -> 4, () -> 5, () -> 6, () -> 7, () -> 8, () -> 9, () -> 10_500));
        Containers containers = new Containers(InstantSource.system(), metrics.tags);
        containers.of("web", "grid.\"web\"").taken(5, 500, 0, 1);
        containers.of("job", "grid.job").refused(2, 1);
        metrics.redacted.of("passwords").add(4);
        metrics.redactionGaveUp.of("orders").add(1);
        metrics.streamFacts(new Metrics.StreamFacts("logs", "ON_DEMAND", "ACTIVE", "KMS", 4, 1 << 20));

        String page = page(metrics);

        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(GOLDEN, page);
        }
        assertThat(page).isEqualTo(Files.readString(GOLDEN));
    }

    @Test
    void aStreamThatHasNotToldItsFactsHasNone() throws IOException {
        assertThat(page(new Metrics()))
                .doesNotContain("logstream_stream_info{", "logstream_stream_open_shards ")
                .contains("logstream_stream_facts_failed_total 0.0");
    }

    @Test
    void everyCounterIsShown() throws Exception {
        Metrics metrics = new Metrics();
        long value = 1_000;
        for (Field field : Metrics.class.getFields()) {
            if (field.get(metrics) instanceof LongAdder counter) {
                counter.add(++value);
                assertThat(page(metrics)).as(field.getName()).contains("_total " + value + ".0\n");
            }
        }
        assertThat(value).isGreaterThan(1_010);
    }

    @Test
    void rulesHaveABound() throws Exception {
        Metrics metrics = new Metrics();
        for (int rule = 0; rule < 2 * RuleCounters.MOST; rule++) {
            metrics.redacted.of("rule" + rule).increment();
        }
        metrics.redacted.of("rule0").increment();
        assertThat(page(metrics).lines().filter(line -> line.startsWith("logstream_redacted_total{")))
                .hasSize(RuleCounters.MOST + 1)
                .contains(
                        "logstream_redacted_total{rule=\"rule0\"} 2.0",
                        "logstream_redacted_total{rule=\"other\"} " + RuleCounters.MOST + ".0");
    }

    private static String page(Metrics metrics) throws IOException {
        return new String(new MetricsPage(metrics).text(), StandardCharsets.UTF_8);
    }
}
