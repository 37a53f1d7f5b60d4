package logstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import logstream.Reload.Loaded;
import logstream.Reload.Proposal;
import logstream.Reload.Refused;
import logstream.Reload.Unusable;
import logstream.Reload.Usable;
import logstream.buffer.BufferConfig;
import logstream.forward.ForwardConfig;
import logstream.kinesis.KinesisConfig;
import logstream.metrics.Metrics;
import logstream.monitor.LiveConfig;
import logstream.monitor.MonitorConfig;
import logstream.ownlog.OwnLogConfig;
import logstream.pipeline.RecordConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ReloadTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final AgentConfig CONFIG = new AgentConfig(
            ForwardConfig.DEFAULT,
            RecordConfig.DEFAULT,
            BufferConfig.DEFAULT.withDirectory(Path.of("b")),
            KinesisConfig.of("logs"),
            MonitorConfig.DEFAULT,
            OwnLogConfig.DEFAULT,
            Duration.ZERO,
            Duration.ZERO);

    private final Metrics metrics = new Metrics();
    private final List<AgentConfig> taken = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private final AtomicReference<Proposal> proposal = new AtomicReference<>(new Unusable(List.of("not yet")));
    private final AtomicReference<Optional<String>> state = new AtomicReference<>(Optional.of("at start"));
    private final Reload reload = new Reload(new Scripted(), taken::add, metrics, InstantSource.fixed(NOW));

    /** A file that is what the test says. */
    private final class Scripted implements Reload.Source {
        private volatile Optional<String> proposed = Optional.of("at start");

        @Override
        public String file() {
            return "logstream.yml";
        }

        @Override
        public List<LiveConfig.Shown> settings() {
            return List.of();
        }

        @Override
        public Proposal propose() {
            proposed = state.get();
            return proposal.get();
        }

        @Override
        public Optional<String> state() {
            return state.get();
        }

        @Override
        public Optional<String> proposedState() {
            return proposed;
        }
    }

    private Usable usable(String... changed) {
        return new Usable(CONFIG, List.of(changed), () -> told.add("held after " + taken.size()));
    }

    @Test
    void whatIsUsableIsTakenOverAndThenHeld() {
        assertThat(reload.last()).isEmpty();
        proposal.set(usable("kinesis.linger"));

        assertThat(reload.now()).isEqualTo(new Loaded(NOW, List.of("kinesis.linger")));

        assertThat(taken).containsExactly(CONFIG);
        assertThat(told).containsExactly("held after 1");
        assertThat(reload.last()).contains(new Loaded(NOW, List.of("kinesis.linger")));
        assertThat(metrics.configReloads.sum()).isEqualTo(1);
    }

    @Test
    void whatIsNotIsRefusedAndTheReasonKept() {
        proposal.set(new Unusable(List.of("kinesis.stream has changed")));

        assertThat(reload.now()).isEqualTo(new Refused(NOW, List.of("kinesis.stream has changed")));

        assertThat(taken).isEmpty();
        assertThat(reload.last()).contains(new Refused(NOW, List.of("kinesis.stream has changed")));
        assertThat(metrics.configReloadsRefused.sum()).isEqualTo(1);
        assertThat(metrics.configReloads.sum()).isZero();
    }

    @Test
    void whatThePartsRefuseIsNotHeld() {
        Reload picky = new Reload(
                new Scripted(),
                _ -> {
                    throw new IllegalArgumentException("\"[\" is no tag pattern");
                },
                metrics,
                InstantSource.fixed(NOW));
        proposal.set(usable("record.tags"));

        assertThat(picky.now()).isEqualTo(new Refused(NOW, List.of("\"[\" is no tag pattern")));
        assertThat(told).isEmpty();
    }

    @Test
    void reasonsAreBounded() {
        proposal.set(new Unusable(
                IntStream.range(0, 5000).mapToObj(at -> "problem " + at).toList()));

        assertThat(reload.now())
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.reasons()).hasSize(21).contains("problem 19", "4980 more"));
    }

    @Test
    void aChangeCountsWhenTwoLooksSawTheSame() {
        ReloadThread thread = new ReloadThread(reload, () -> Duration.ofSeconds(1));
        proposal.set(usable());
        thread.look();
        thread.look();
        assertThat(taken).as("nothing has changed").isEmpty();

        state.set(Optional.of("half writ"));
        thread.look();
        state.set(Optional.of("half written"));
        thread.look();
        assertThat(taken).as("it is still being written").isEmpty();
        thread.look();
        assertThat(taken).hasSize(1);
        thread.look();
        assertThat(taken).as("once is enough").hasSize(1);

        state.set(Optional.empty());
        thread.look();
        thread.look();
        assertThat(taken).as("it is gone, or being replaced").hasSize(1);
    }

    @Test
    void whatWasRefusedIsNotTriedAgainUntilItChanges() {
        ReloadThread thread = new ReloadThread(reload, () -> Duration.ofSeconds(1));
        state.set(Optional.of("wrong"));
        thread.look();
        thread.look();
        thread.look();
        assertThat(metrics.configReloadsRefused.sum()).isEqualTo(1);
    }

    @Test
    void theThreadLoadsWhenAskedAndWhenTheFileChanges() {
        AtomicReference<Duration> interval = new AtomicReference<>(Duration.ZERO);
        ReloadThread thread = new ReloadThread(reload, interval::get);
        proposal.set(usable());
        thread.start();
        try {
            state.set(Optional.of("new"));
            thread.wanted();
            await().until(() -> metrics.configReloads.sum() == 1);
            interval.set(Duration.ofMillis(1));
            thread.wanted();
            await().until(() -> metrics.configReloads.sum() == 2);
            state.set(Optional.of("newer"));
            await().until(() -> metrics.configReloads.sum() == 3);
        } finally {
            thread.stop();
        }
    }

    @Test
    void anAgentWithoutAFileSaysSo() {
        Reload none = new Reload(Reload.Source.NONE, taken::add, metrics, InstantSource.fixed(NOW));

        assertThat(none.now())
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.reasons())
                                .singleElement()
                                .asString()
                                .contains("no configuration file"));
        assertThat(none.isNews(none.state())).isFalse();
    }
}
