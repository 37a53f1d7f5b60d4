package logstream.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PoolsTest {
    private final AtomicLong nanos = new AtomicLong();
    private final List<String> evicted = new ArrayList<>();

    private HeldBytes.Holder holder(String name) {
        return () -> evicted.add(name);
    }

    @Test
    void theLongestWaitingIsEvictedUntilTheRestFits() {
        HeldBytes held = new HeldBytes(100, nanos::get);
        HeldBytes.Holder first = holder("first");
        HeldBytes.Holder second = holder("second");
        HeldBytes.Holder third = holder("third");
        held.hold(first, 40, false);
        held.hold(second, 40, false);
        held.hold(first, 50, false);
        assertThat(held.total()).isEqualTo(90);
        held.hold(third, 70, false);
        assertThat(evicted).containsExactly("first", "second");
        assertThat(held.total()).isEqualTo(70);
        held.release(third);
        held.release(third);
        assertThat(held.total()).isZero();
    }

    @Test
    void whoComesBackWaitsBehindTheOthers() {
        HeldBytes held = new HeldBytes(100, nanos::get);
        HeldBytes.Holder first = holder("first");
        held.hold(first, 40, false);
        held.hold(holder("second"), 40, false);
        held.release(first);
        held.hold(first, 40, false);
        held.hold(holder("third"), 40, false);
        assertThat(evicted).containsExactly("second");
    }

    @Test
    void aLargeBufferIsTakenAwayOnlyFromASilentPeer() {
        HeldBytes held = new HeldBytes(100, nanos::get);
        held.hold(holder("small"), 1, false);
        held.hold(holder("large"), 1, true);
        held.evictLargeHolder(Duration.ofNanos(10));
        assertThat(evicted).isEmpty();
        nanos.set(10);
        held.evictLargeHolder(Duration.ofNanos(10));
        assertThat(evicted).containsExactly("large");
        held.evictLargeHolder(Duration.ofNanos(10));
        assertThat(evicted).containsExactly("large");
    }

    @Test
    void aPoolMakesNoMoreThanItsCount() throws Exception {
        BufferPool pool = new BufferPool(2, 8);
        byte[] one = pool.take();
        byte[] two = pool.take();
        assertThat(one).hasSize(8).isNotSameAs(two);
        assertThat(pool.inUse()).isEqualTo(2);
        List<String> impatience = new ArrayList<>();
        byte[] again = pool.take(Duration.ofMillis(1), () -> {
            impatience.add("waited");
            pool.giveBack(one);
        });
        assertThat(again).isSameAs(one);
        assertThat(impatience).hasSize(1);
        assertThatThrownBy(() -> pool.giveBack(new byte[7])).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void oneLineIsLoggedInEachInterval() {
        nanos.set(-3);
        LogLimiter limiter = new LogLimiter(nanos::get, Duration.ofNanos(10));
        assertThat(limiter.next()).isZero();
        assertThat(limiter.next()).isEqualTo(LogLimiter.SUPPRESSED);
        nanos.set(6);
        assertThat(limiter.next()).isEqualTo(LogLimiter.SUPPRESSED);
        nanos.set(7);
        assertThat(limiter.next()).isEqualTo(2);
        assertThat(limiter.next()).isEqualTo(LogLimiter.SUPPRESSED);
    }
}
