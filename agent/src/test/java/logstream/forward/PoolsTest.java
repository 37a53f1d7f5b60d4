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
    void onlyTheTimeThatAPeerIsWaitedForCounts() {
        Pace pace = new Pace(nanos::get);
        nanos.addAndGet(100);
        assertThat(pace.waitedNanos()).isZero();
        pace.waiting();
        nanos.addAndGet(10);
        assertThat(pace.waitedNanos()).isEqualTo(10);
        pace.arrived(1);
        nanos.addAndGet(100);
        pace.waiting();
        nanos.addAndGet(5);
        // A byte now and then is no progress, a window is.
        assertThat(pace.waitedNanos()).isEqualTo(15);
        pace.arrived(ForwardLimits.WINDOW_BYTES - 2);
        assertThat(pace.waitedNanos()).isEqualTo(15);
        pace.arrived(1);
        assertThat(pace.waitedNanos()).isZero();
        pace.waiting();
        nanos.addAndGet(7);
        pace.arrived(-1);
        assertThat(pace.waitedNanos()).isEqualTo(7);
        pace.restart();
        assertThat(pace.waitedNanos()).isZero();
    }

    /** A connection that borrows. */
    private LendingPool.Borrower borrower(String name, Pace pace, Runnable onEviction) {
        return new LendingPool.Borrower() {
            @Override
            public Pace pace() {
                return pace;
            }

            @Override
            public void evict() {
                evicted.add(name);
                onEviction.run();
            }
        };
    }

    @Test
    void aThingIsLentAgainAndNeverMoreThanThereAre() throws Exception {
        AtomicLong made = new AtomicLong();
        LendingPool<String> pool = new LendingPool<>(2, () -> "thing " + made.incrementAndGet(), Duration.ofHours(1));
        LendingPool.Borrower borrower = borrower("one", new Pace(nanos::get), () -> {});
        String one = pool.borrow(borrower);
        String two = pool.tryBorrow(borrower);
        assertThat(two).isNotNull().isNotEqualTo(one);
        assertThat(pool.tryBorrow(borrower)).isNull();
        assertThat(pool.inUse()).isEqualTo(2);
        pool.giveBack(one);
        assertThat(pool.tryBorrow(borrower)).isSameAs(one);
        assertThat(made).hasValue(2);
        assertThatThrownBy(() -> pool.giveBack("another")).isInstanceOf(IllegalStateException.class);
    }

    /** Of three that keep theirs: one whose peer is fast, one that waits for us, and one whose peer stalls. */
    @Test
    void whoKeepsAThingForAPeerThatStallsLosesIt() throws Exception {
        LendingPool<Object> pool = new LendingPool<>(3, Object::new, Duration.ofMillis(1));
        Pace slow = new Pace(nanos::get);
        Pace slower = new Pace(nanos::get);
        Object[] things = new Object[3];
        things[0] = pool.borrow(borrower("busy", new Pace(nanos::get), () -> {}));
        things[1] = pool.borrow(borrower("slow", slow, () -> {}));
        things[2] = pool.borrow(borrower("slower", slower, () -> pool.giveBack(things[2])));
        slower.waiting();
        nanos.addAndGet(Duration.ofMillis(1).toNanos());
        slow.waiting();
        nanos.addAndGet(Duration.ofMillis(1).toNanos());
        Object again = pool.borrow(borrower("fourth", new Pace(nanos::get), () -> {}));
        assertThat(again).isSameAs(things[2]);
        assertThat(evicted).containsExactly("slower");
    }

    @Test
    void whatBorrowedBeforeStartsAnew() throws Exception {
        LendingPool<Object> pool = new LendingPool<>(1, Object::new, Duration.ofMillis(1));
        Pace pace = new Pace(nanos::get);
        pace.waiting();
        nanos.addAndGet(Duration.ofHours(1).toNanos());
        pace.arrived(1);
        pool.borrow(borrower("one", pace, () -> {}));
        assertThat(pace.waitedNanos()).isZero();
    }

    @Test
    void aThingThatCannotBeMadeIsNotMissedAfterwards() throws Exception {
        AtomicLong tries = new AtomicLong();
        LendingPool<String> pool = new LendingPool<>(
                1,
                () -> {
                    if (tries.incrementAndGet() == 1) {
                        throw new OutOfMemoryError("deliberate");
                    }
                    return "thing";
                },
                Duration.ofHours(1));
        LendingPool.Borrower borrower = borrower("one", new Pace(nanos::get), () -> {});
        assertThatThrownBy(() -> pool.borrow(borrower)).isInstanceOf(OutOfMemoryError.class);
        assertThat(pool.borrow(borrower)).isEqualTo("thing");
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
