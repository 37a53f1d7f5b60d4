package logstream.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import logstream.metrics.Metrics.DropCause;
import org.junit.jupiter.api.Test;

class MetricsPageTest {
    /** The page is an outward face: what changes here breaks somebody's dashboard. */
    @Test
    void thePageIsTheGoldenFile() throws IOException {
        Metrics metrics = new Metrics();
        metrics.eventsReceived.add(1_234_567_890L);
        metrics.dropped(DropCause.UNMATCHED_TAG).add(3);
        metrics.gauges(new Metrics.Gauges(() -> 1, () -> 2, () -> 3, () -> 4, () -> 5, () -> 6));

        String page = new String(new MetricsPage(metrics).text(), StandardCharsets.UTF_8);

        try (InputStream golden = MetricsPageTest.class.getResourceAsStream("metrics.txt")) {
            assertThat(golden).isNotNull();
            assertThat(page).isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
