package logstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The line that tells how far long work is, on the test's own clock; and numbers as people read them. */
class ProgressTest {
    private final AtomicLong now = new AtomicLong();
    private final StringWriter shown = new StringWriter();

    private ProgressLine line(boolean terminal) {
        return new ProgressLine(new PrintWriter(shown), terminal, now::get);
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Test
    void nothingIsDrawnInAPipe() {
        ProgressLine line = line(false);
        pass(Duration.ofHours(1));
        line.show(() -> "half");
        line.clear();
        assertThat(shown.toString()).isEmpty();
    }

    @Test
    void nothingIsDrawnForWorkOfAMoment() {
        ProgressLine line = line(true);
        line.show(() -> "half");
        pass(Duration.ofMillis(900));
        line.show(() -> "all");
        line.clear();
        assertThat(shown.toString()).isEmpty();
    }

    @Test
    void isDrawnNowAndThenAndTakenAway() {
        ProgressLine line = line(true);
        pass(Duration.ofSeconds(2));
        line.show(() -> "a");
        pass(Duration.ofMillis(10));
        line.show(() -> "b");
        pass(Duration.ofMillis(200));
        line.show(() -> "c");
        line.clear();
        line.clear();
        assertThat(shown.toString()).isEqualTo("\r\u001b[Ka\r\u001b[Kc\r\u001b[K");
    }

    @Test
    void aBarShowsAShare() {
        assertThat(ProgressLine.bar(0, 100)).isEqualTo("[" + ".".repeat(30) + "]   0 %");
        assertThat(ProgressLine.bar(50, 100)).isEqualTo("[" + "#".repeat(15) + ".".repeat(15) + "]  50 %");
        assertThat(ProgressLine.bar(120, 100)).isEqualTo("[" + "#".repeat(30) + "] 100 %");
        assertThat(ProgressLine.bar(0, 0)).endsWith("100 %");
    }

    @Test
    void aDrainShowsWhatIsLeftAndHowFast() {
        DrainProgress progress = new DrainProgress(line(true), now::get);
        pass(Duration.ofSeconds(10));
        progress.soFar(
                JsonNodeFactory.instance.objectNode().put("records", 50_000).put("bytes", 20 << 20));
        pass(Duration.ofSeconds(10));
        progress.soFar(
                JsonNodeFactory.instance.objectNode().put("records", 30_000).put("bytes", 12 << 20));
        assertThat(shown.toString())
                .contains("draining: 50,000 records, 20.0 MiB left, 0 records/s")
                .endsWith("draining: 30,000 records, 12.0 MiB left, 2,000 records/s");
    }

    @Test
    void amountsAreReadable() {
        assertThat(Amounts.size(0)).isEqualTo("0 B");
        assertThat(Amounts.size(1023)).isEqualTo("1023 B");
        assertThat(Amounts.size(1536)).isEqualTo("1.5 KiB");
        assertThat(Amounts.size(16 << 20)).isEqualTo("16.0 MiB");
        assertThat(Amounts.size(5L << 40)).isEqualTo("5.0 TiB");
        assertThat(Amounts.size(5000L << 40)).isEqualTo("5000.0 TiB");
        assertThat(Amounts.of(1, "record")).isEqualTo("1 record");
        assertThat(Amounts.of(0, "record")).isEqualTo("0 records");
        assertThat(Amounts.of(12_345, "record")).isEqualTo("12,345 records");
        assertThat(Amounts.age(Duration.ofSeconds(59))).isEqualTo("59s");
        assertThat(Amounts.age(Duration.ofSeconds(200))).isEqualTo("3m 20s");
        assertThat(Amounts.age(Duration.ofMinutes(125))).isEqualTo("2h 5m");
        assertThat(Amounts.age(Duration.ofHours(51))).isEqualTo("2d 3h");
        assertThat(Amounts.age(Duration.ofSeconds(-5))).isEqualTo("0s");
    }
}
