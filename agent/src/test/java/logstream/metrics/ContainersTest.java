package logstream.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContainersTest {
    private long millis = 1_000;
    private final Containers containers = new Containers(() -> Instant.ofEpochMilli(millis), new Tags());

    @Test
    void whatIsCountedIsShown() {
        containers.of("web", "grid.web").taken(3, 300, 1, 5_000);
        containers.of("web", "grid.web").dropped(2, 6_000);

        assertThat(containers.rows(10))
                .containsExactly(new Containers.Row("web", "grid.web", 0, 0, 6_000, 3, 300, 1, 2));
    }

    @Test
    void ratesAreThoseOfTheLastFiveIntervals() {
        ContainerCounters web = containers.of("web", "t");
        long nanos = 0;
        containers.sample(nanos);
        for (int interval = 0; interval < 20; interval++) {
            web.taken(interval < 10 ? 1_000 : 20, interval < 10 ? 9 : 400, 0, 5_000);
            nanos += Duration.ofSeconds(2).toNanos();
            containers.sample(nanos);
        }
        assertThat(containers.rows(1).getFirst().linesPerSecond()).isEqualTo(10);
        assertThat(containers.rows(1).getFirst().bytesPerSecond()).isEqualTo(200);
    }

    @Test
    void theBusiestComeFirstThenThoseHeardLast() {
        containers.of("early", "t").taken(1, 1, 0, 2_000);
        containers.of("late", "t").taken(1, 1, 0, 3_000);
        ContainerCounters busy = containers.of("busy", "t");
        containers.sample(0);
        busy.taken(100, 1, 0, 1_000);
        containers.sample(Duration.ofSeconds(1).toNanos());

        assertThat(containers.rows(10)).extracting(Containers.Row::name).containsExactly("busy", "late", "early");
        assertThat(containers.rows(1)).hasSize(1);
    }

    @Test
    void thoseSilentLongestGoWhenThereAreTooMany() {
        ContainerCounters first = containers.of("first", "t");
        ContainerCounters steady = containers.of("steady", "t");
        List<Integer> counts = new ArrayList<>();
        for (int one = 0; one < 5 * Containers.MOST; one++) {
            millis += 10;
            steady.taken(1, 1, 0, millis);
            ContainerCounters _ = containers.of("name", "tag" + one);
            counts.add(containers.count());
        }
        assertThat(counts).allSatisfy(count -> assertThat(count).isLessThanOrEqualTo(Containers.MOST));
        assertThat(first.isForgotten()).isTrue();
        assertThat(steady.isForgotten()).isFalse();
        assertThat(containers.of("steady", "t")).isSameAs(steady);
        assertThat(containers.of("first", "t")).isNotSameAs(first);
    }

    @Test
    void longTextsAreCut() {
        ContainerCounters _ = containers.of("n".repeat(10_000), "t".repeat(10_000));

        assertThat(containers.rows(1).getFirst().name()).hasSize(Containers.MOST_TEXT);
        assertThat(containers.rows(1).getFirst().tag()).hasSize(Containers.MOST_TEXT);
    }
}
