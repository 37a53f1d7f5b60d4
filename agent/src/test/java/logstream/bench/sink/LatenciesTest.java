package logstream.bench.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class LatenciesTest {
    @Property
    void oneLatencyIsToldToWithinOnePercent(@ForAll @LongRange(max = 4_294_967_295L) long micros) {
        Latencies latencies = new Latencies();
        latencies.add(micros);
        assertThat(latencies.micros(0.999)).isGreaterThanOrEqualTo(micros).isCloseTo(micros, withPercentage(1));
    }

    @Test
    void sharesAreThoseOfTheSortedList() {
        Latencies latencies = new Latencies();
        for (int micros = 1; micros <= 100_000; micros++) {
            latencies.add(micros);
        }
        assertThat(latencies.micros(0.5)).isCloseTo(50_000, withPercentage(1));
        assertThat(latencies.micros(0.99)).isCloseTo(99_000, withPercentage(1));
        assertThat(latencies.micros(0.999)).isCloseTo(99_900, withPercentage(1));
    }

    @Test
    void nothingCountedIsNothing() {
        assertThat(new Latencies().micros(0.5)).isZero();
    }
}
