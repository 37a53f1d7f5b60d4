package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import logstream.engines.AgentProcess;

/** The equation that an agent at rest must satisfy, read off its metrics page: nothing vanishes uncounted. */
final class Accounting {
    private Accounting() {}

    /** Waits until the agent has delivered all it has, and its counters agree with each other. */
    static void awaitBalance(AgentProcess agent) {
        await("the agent at rest")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> {
                    Map<String, Double> page = agent.metrics();
                    assertThat(sum(page, "logstream_buffer_events"))
                            .as("events in the buffer")
                            .isZero();
                    assertThat(sum(page, "logstream_events_recovered_total")
                                    + sum(page, "logstream_events_received_total")
                                    + sum(page, "logstream_events_created_total"))
                            .as(
                                    "recovered + received + created = delivered + dead letters + dropped + merged in %s",
                                    page)
                            .isEqualTo(sum(page, "logstream_records_delivered_total")
                                    + sum(page, "logstream_records_dead_lettered_total")
                                    + sum(page, "logstream_events_dropped_total")
                                    + sum(page, "logstream_events_merged_total"));
                    assertThat(sum(page, "logstream_tag_events_received_total")
                                    - sum(page, "logstream_tag_events_dropped_total")
                                    + sum(page, "logstream_events_created_total"))
                            .as("received - dropped, over all tags, + created = appended in %s", page)
                            .isEqualTo(sum(page, "logstream_events_appended_total"));
                });
    }

    /** Over all labels. A name that is not there is a mistake here, or on the page. */
    private static double sum(Map<String, Double> page, String name) {
        double[] samples = page.entrySet().stream()
                .filter(sample ->
                        sample.getKey().equals(name) || sample.getKey().startsWith(name + "{"))
                .mapToDouble(Map.Entry::getValue)
                .toArray();
        assertThat(samples).as("samples of %s in %s", name, page.keySet()).isNotEmpty();
        double sum = 0;
        for (double sample : samples) {
            sum += sample;
        }
        return sum;
    }
}
