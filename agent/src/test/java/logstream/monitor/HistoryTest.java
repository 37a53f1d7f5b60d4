package logstream.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import logstream.metrics.Metrics;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private final Metrics metrics = new Metrics();
    private final History history = new History();
    private long nanos;

    private Sample look(long received) {
        nanos += History.INTERVAL.toNanos();
        metrics.eventsReceived.add(received);
        Sample sample = Sample.of(metrics, nanos);
        history.add(sample);
        return sample;
    }

    @Test
    void nothingIsShownUntilThereIsAnInterval() {
        assertThat(history.points()).isEmpty();
        look(0);
        assertThat(history.points()).isEmpty();
        look(10);
        assertThat(history.points())
                .singleElement()
                .satisfies(point -> assertThat(point.received()).isEqualTo(5));
    }

    @Test
    void tenMinutesAreKeptInTheirOrder() {
        for (int looks = 0; looks <= 1_000; looks++) {
            look(looks);
        }
        assertThat(history.points()).hasSize(300);
        assertThat(history.points().getFirst().age()).isEqualTo(598);
        assertThat(history.points().getFirst().received()).isEqualTo(701 / 2.0);
        assertThat(history.points().getLast().age()).isZero();
        assertThat(history.points().getLast().received()).isEqualTo(500);
    }

    @Test
    void thePresentIsHalfAMinute() {
        Sample last = look(0);
        assertThat(history.present(last).from()).isEqualTo(last);
        for (int looks = 0; looks < 100; looks++) {
            last = look(1);
        }
        assertThat(history.present(last).to().received()
                        - history.present(last).from().received())
                .isEqualTo(15);
        assertThat(history.recent(last).seconds()).isEqualTo(6);
    }
}
