package logstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import logstream.control.RefusedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a drain is over, and what becomes of those who watch it. */
class DrainTest {
    private final Parts parts = new Parts();
    private final Drain drain = new Drain(parts);
    private final CountDownLatch over = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();

    DrainTest() {
        // What the program does: it stops the agent.
        drain.onOver(() -> {
            over.countDown();
            drain.agentEnded();
        });
    }

    @AfterEach
    void end() {
        parts.shipped.countDown();
        threads.shutdownNow();
    }

    /** Parts that ship when the test says so. */
    private static final class Parts implements Drain.Parts {
        final List<String> calls = new CopyOnWriteArrayList<>();
        final CountDownLatch shipped = new CountDownLatch(1);
        final AtomicLong records = new AtomicLong(7);

        @Override
        public void stopIntake(Duration limit) {
            calls.add("stopIntake");
        }

        @Override
        public void shipEverything() {
            calls.add("shipEverything");
        }

        @Override
        public boolean awaitShipped(Duration limit) throws InterruptedException {
            return shipped.await(limit.toNanos(), TimeUnit.NANOSECONDS);
        }

        @Override
        public Drain.Left left() {
            return new Drain.Left(records.get(), 100 * records.get(), "/the/buffer");
        }

        void ship() {
            records.set(0);
            shipped.countDown();
        }
    }

    private static ObjectNode timeout(Duration timeout) {
        return JsonNodeFactory.instance.objectNode().put("timeout_ms", timeout.toMillis());
    }

    @Test
    void isOverWhenEverythingIsShipped() throws Exception {
        Future<ObjectNode> answer = threads.submit(() -> drain.run(timeout(Duration.ofHours(1)), soFar -> true));
        await("shipping").until(() -> parts.calls.contains("shipEverything"));
        assertThat(drain.isOver()).isFalse();

        parts.ship();

        assertThat(answer.get().toString()).isEqualTo("{\"records\":0,\"bytes\":0,\"folder\":\"/the/buffer\"}");
        assertThat(drain.isOver()).isTrue();
        assertThat(parts.calls).containsExactly("stopIntake", "shipEverything");
    }

    @Test
    void isOverWhenTheTimeIs() throws Exception {
        ObjectNode answer = drain.run(timeout(Duration.ofMillis(20)), soFar -> true);

        assertThat(answer.toString()).isEqualTo("{\"records\":7,\"bytes\":700,\"folder\":\"/the/buffer\"}");
        assertThat(over.getCount()).isZero();
    }

    @Test
    void aSecondWatchesTheSameAndItsTimeHolds() throws Exception {
        List<ObjectNode> told = new CopyOnWriteArrayList<>();
        Future<ObjectNode> first = threads.submit(() -> drain.run(timeout(Duration.ofHours(1)), told::add));
        await("the first to be told something").until(() -> !told.isEmpty());

        ObjectNode second = drain.run(timeout(Duration.ofMillis(20)), soFar -> true);

        assertThat(second.path("records").asLong()).isEqualTo(7);
        assertThat(first.get()).isEqualTo(second);
        assertThat(parts.calls).as("it happens once").containsExactly("stopIntake", "shipEverything");
        assertThat(told.getFirst().toString()).isEqualTo("{\"records\":7,\"bytes\":700}");
    }

    @Test
    void aLaterTimeoutHoldsInPlaceOfAShorterOne() throws Exception {
        Future<ObjectNode> first = threads.submit(() -> drain.run(timeout(Duration.ofSeconds(2)), soFar -> true));
        await("shipping").until(() -> parts.calls.contains("shipEverything"));
        Future<ObjectNode> second = threads.submit(() -> drain.run(timeout(Duration.ofHours(1)), soFar -> true));

        await("well beyond the first time-out")
                .during(Duration.ofSeconds(3))
                .atMost(Duration.ofSeconds(10))
                .until(() -> !drain.isOver());
        parts.ship();
        assertThat(first.get()).isEqualTo(second.get());
    }

    @Test
    void goesOnWhenNobodyWatches() throws Exception {
        ObjectNode answer = drain.run(timeout(Duration.ofHours(1)), soFar -> false);
        assertThat(answer.path("records").asLong()).isEqualTo(7);
        assertThat(drain.isOver()).isFalse();

        parts.ship();

        await("the end").until(drain::isOver);
    }

    @Test
    void endsWithTheAgent() throws Exception {
        Future<ObjectNode> answer = threads.submit(() -> drain.run(timeout(Duration.ofHours(1)), soFar -> true));
        await("shipping").until(() -> parts.calls.contains("shipEverything"));

        drain.agentEnded();

        assertThat(answer.get().path("records").asLong()).isEqualTo(7);
    }

    @Test
    void aTimeoutThatIsNoneIsRefused() {
        assertThatThrownBy(() -> drain.run(JsonNodeFactory.instance.objectNode(), soFar -> true))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("timeout_ms is not 0 to");
        assertThat(parts.calls).isEmpty();
    }
}
