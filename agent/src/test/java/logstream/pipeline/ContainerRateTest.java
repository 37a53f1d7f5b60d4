package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import logstream.forward.MsgpackCursor;
import logstream.metrics.Containers;
import logstream.pipeline.CareConfig.RateLimit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** How much of what a container sends passes, in time that the test tells. */
class ContainerRateTest {
    private static final ContainerName WEB = new ContainerName("0123456789abcdef", "/web");

    // Near the end of its range, where a comparison that forgets the overflow fails.
    private long nanos = Long.MAX_VALUE - 1000;
    private final RateLimits limits = new RateLimits(() -> nanos);

    private static RateLimit limit(long lines, long bytes, Duration burst) {
        return new RateLimit(
                List.of("**"),
                lines == 0 ? OptionalLong.empty() : OptionalLong.of(lines),
                bytes == 0 ? OptionalLong.empty() : OptionalLong.of(bytes),
                burst);
    }

    private RateGate gate(RateLimit limit, ContainerName container) {
        return new RateGate(limits, limit, container, "grid.a");
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    private static MsgpackCursor line(String text) {
        return new MsgpackCursor()
                .at(
                        Encoded.pack(packer ->
                                packer.packMapHeader(1).packString("log").packString(text)),
                        0);
    }

    private static MsgpackCursor piece(String id, int ordinal, boolean last) {
        return new MsgpackCursor()
                .at(
                        Encoded.pack(packer -> {
                            packer.packMapHeader(5);
                            packer.packString("log").packString("x".repeat(100));
                            packer.packString("partial_message").packString("true");
                            packer.packString("partial_id").packString(id);
                            packer.packString("partial_ordinal").packString(Integer.toString(ordinal));
                            packer.packString("partial_last").packString(Boolean.toString(last));
                        }),
                        0);
    }

    private static int passing(RateGate gate, int lines) {
        int passed = 0;
        for (int one = 0; one < lines; one++) {
            passed += gate.lets(line("x")) ? 1 : 0;
        }
        return passed;
    }

    @Test
    void theBurstPassesAtOnceAndThenWhatTheTimeIsWorth() {
        RateGate gate = gate(limit(10, 0, Duration.ofSeconds(2)), WEB);
        assertThat(passing(gate, 100)).isEqualTo(20);
        pass(Duration.ofMillis(500));
        assertThat(passing(gate, 100)).isEqualTo(5);
        pass(Duration.ofHours(1));
        assertThat(passing(gate, 100)).as("never more than the burst").isEqualTo(20);
    }

    @Test
    void bytesAreThoseOfWholeEvents() {
        int size =
                Encoded.pack(packer -> packer.packMapHeader(1).packString("log").packString("x")).length;
        RateGate gate = gate(limit(0, 10L * size, Duration.ofSeconds(1)), WEB);
        assertThat(passing(gate, 100)).isEqualTo(10);
        pass(Duration.ofMillis(300));
        assertThat(passing(gate, 100)).isEqualTo(3);
        pass(Duration.ofSeconds(10));
        assertThat(gate.lets(line("y".repeat(30 * size))))
                .as("an event larger than the burst")
                .isTrue();
        pass(Duration.ofSeconds(1));
        assertThat(gate.lets(line("x"))).as("is paid for afterwards").isFalse();
    }

    @Test
    void theCursorStaysWhereItIs() {
        RateGate gate = gate(limit(1, 0, Duration.ofSeconds(1)), WEB);
        MsgpackCursor event = line("x");
        assertThat(gate.lets(event)).isTrue();
        assertThat(event.position()).isZero();
        assertThat(gate.lets(event)).isFalse();
        assertThat(event.position()).isZero();
    }

    @Test
    void connectionsOfOneContainerShareItsLimitAndOthersHaveTheirOwn() {
        RateLimit ten = limit(10, 0, Duration.ofSeconds(1));
        assertThat(passing(gate(ten, WEB), 6)).isEqualTo(6);
        assertThat(passing(gate(ten, WEB), 100)).isEqualTo(4);
        assertThat(passing(gate(ten, new ContainerName("", "/other")), 100)).isEqualTo(10);
        assertThat(new RateGate(limits, ten, WEB, "grid.other").lets(line("x"))).isTrue();
    }

    @Test
    void anotherLimitHoldsAtOnceAndGivesNoNewBurst() {
        assertThat(passing(gate(limit(10, 0, Duration.ofSeconds(1)), WEB), 100)).isEqualTo(10);
        RateGate faster = gate(limit(100, 0, Duration.ofSeconds(1)), WEB);
        assertThat(passing(faster, 100)).isZero();
        pass(Duration.ofMillis(500));
        assertThat(passing(faster, 100)).isEqualTo(50);
        RateGate byBytes = gate(limit(0, 1 << 20, Duration.ofSeconds(1)), WEB);
        assertThat(passing(byBytes, 1000)).as("lines are no longer counted").isEqualTo(1000);
        pass(Duration.ofSeconds(1));
        assertThat(passing(gate(limit(3, 0, Duration.ofSeconds(1)), WEB), 100)).isEqualTo(3);
    }

    @Test
    void ofALongLineAllPiecesPassOrNone() {
        RateGate gate = gate(limit(1, 0, Duration.ofSeconds(1)), WEB);
        assertThat(gate.lets(piece("a", 1, false))).isTrue();
        assertThat(gate.lets(piece("b", 1, false))).as("the other output").isFalse();
        assertThat(gate.lets(piece("a", 2, false))).isTrue();
        pass(Duration.ofSeconds(5));
        assertThat(gate.lets(piece("b", 2, false)))
                .as("though there would be room now")
                .isFalse();
        RateGate reconnected = gate(limit(1, 0, Duration.ofSeconds(1)), WEB);
        assertThat(reconnected.lets(piece("b", 3, true))).isFalse();
        assertThat(reconnected.lets(piece("a", 3, true))).isTrue();
        assertThat(reconnected.lets(piece("c", 1, false)))
                .as("a line is one, however long")
                .isTrue();
        assertThat(reconnected.lets(piece("b", 1, false))).isFalse();
        pass(Duration.ofSeconds(5));
        assertThat(reconnected.lets(piece("b", 1, true)))
                .as("an id that is used again")
                .isTrue();
    }

    @Test
    void aLineThatNeverEndsIsCutInTheEnd() {
        RateGate gate = gate(limit(0, 1000, Duration.ofSeconds(1)), WEB);
        int passed = 0;
        while (gate.lets(piece("a", passed + 1, false))) {
            passed++;
            assertThat(passed).isLessThan(100);
        }
        assertThat(passed).as("the burst, and once more").isBetween(8, 14);
        pass(Duration.ofHours(1));
        assertThat(gate.lets(piece("a", passed + 2, false)))
                .as("nothing of it from then on")
                .isFalse();
    }

    @Property(tries = 300)
    void inAnyTimeNoMorePassesThanBurstAndRate(
            @ForAll Random random,
            @ForAll @IntRange(min = 1, max = 50) int rate,
            @ForAll @IntRange(min = 1, max = 5) int burst) {
        RateGate gate = gate(limit(rate, 0, Duration.ofSeconds(burst)), WEB);
        long began = nanos;
        long passed = 0;
        long sent = 0;
        for (int step = 0; step < 300; step++) {
            pass(Duration.ofNanos(random.nextLong(TimeUnit.SECONDS.toNanos(1) / 2)));
            int lines = random.nextInt(rate);
            sent += lines;
            passed += passing(gate, lines);
            double worth = rate * (burst + (nanos - began) / 1e9);
            assertThat(passed).isLessThanOrEqualTo((long) worth);
        }
        assertThat(passed)
                .as("and no less than the rate, as far as it was sent")
                .isGreaterThanOrEqualTo(Math.min(sent, (long) (rate * (nanos - began) / 1e9 / 2)));
    }

    @Test
    void noMoreContainersAreKeptThanTheBoundAndNoLossIsForgotten() {
        RateLimit one = limit(1, 0, Duration.ofSeconds(1));
        int containers = 3 * Containers.MOST;
        for (int container = 0; container < containers; container++) {
            RateGate gate = gate(one, new ContainerName("", "c" + container));
            assertThat(passing(gate, 3)).isOne();
            pass(Duration.ofMillis(1));
        }
        assertThat(limits.all()).hasSizeLessThanOrEqualTo(Containers.MOST);
        long known = limits.all().stream().filter(ContainerRate::hasUntold).count();
        assertThat(2 * known + limits.lostTrackOf().sum()).isEqualTo(2L * containers);
    }

    @Test
    void aConnectionWhoseContainerHadToGoGoesOn() {
        RateLimit one = limit(1, 0, Duration.ofSeconds(1));
        RateGate gate = gate(one, WEB);
        assertThat(passing(gate, 3)).isOne();
        for (int container = 0; container < 2 * Containers.MOST; container++) {
            pass(Duration.ofMillis(1));
            assertThat(passing(gate(one, new ContainerName("", "c" + container)), 2))
                    .isOne();
        }
        assertThat(limits.all()).noneMatch(rate -> rate.container().equals(WEB));
        assertThat(passing(gate, 3)).isOne();
        assertThat(limits.all()).anyMatch(rate -> rate.container().equals(WEB));
    }

    @Test
    void whatItIsCalledIsReadable() {
        assertThat(limit(1000, 1 << 20, Duration.ofSeconds(1)).shown().toLowerCase(Locale.ROOT))
                .isEqualTo("1,000 lines/s, 1,048,576 bytes/s");
        assertThat(limit(0, 2000, Duration.ofSeconds(1)).shown()).isEqualTo("2,000 bytes/s");
    }
}
