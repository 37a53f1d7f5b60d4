package logstream.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import logstream.metrics.Metrics.DropCause;
import logstream.metrics.Metrics.Gauges;
import logstream.metrics.Metrics.MalformedCause;
import logstream.metrics.Metrics.RetryCause;
import logstream.metrics.Metrics.TlsFailure;
import logstream.pipeline.Blockage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whether lines flow, and why not: one sentence for each way in which they do not. */
class FlowTest {
    record Situation(String name, Consumer<MonitoredAgent> happens, String state, String says) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Situation> situations() {
        return Stream.of(
                new Situation("nobody", agent -> agent.vitals.connections = 0, "quiet", "No sender is connected."),
                new Situation("nobody spoke", agent -> {}, "quiet", "2 senders are connected; no line has come"),
                new Situation(
                        "silence",
                        agent -> {
                            agent.metrics.eventsReceived.add(1);
                            agent.metrics.recordsDelivered.add(1);
                            for (int looks = 0; looks < 100; looks++) {
                                agent.look();
                            }
                        },
                        "quiet",
                        "the last line came 3 min ago"),
                new Situation(
                        "all is well",
                        agent -> {
                            agent.metrics.eventsReceived.add(5);
                            agent.metrics.recordsDelivered.add(5);
                        },
                        "flows",
                        "Lines come in and go out."),
                new Situation(
                        "a backlog", agent -> agent.metrics.recordsDelivered.add(5), "flows", "the last ones went out"),
                new Situation(
                        "other tags",
                        agent -> {
                            agent.metrics.eventsReceived.add(5);
                            agent.metrics.dropped(DropCause.UNMATCHED_TAG).add(5);
                        },
                        "held_up",
                        "record.tags"),
                new Situation(
                        "all dropped",
                        agent -> {
                            agent.metrics.eventsReceived.add(5);
                            agent.metrics.dropped(DropCause.TOO_LARGE).add(5);
                        },
                        "held_up",
                        "all of them are dropped"),
                new Situation(
                        "throttling",
                        agent -> {
                            agent.metrics.eventsReceived.add(50);
                            agent.metrics.recordsDelivered.add(5);
                            agent.metrics.retried(RetryCause.THROTTLED).add(45);
                        },
                        "held_up",
                        "The stream throttles"),
                new Situation(
                        "a wrong key",
                        agent -> agent.metrics
                                .malformed(MalformedCause.UNAUTHORIZED)
                                .add(1),
                        "held_up",
                        "Senders are turned away"),
                new Situation(
                        "no TLS",
                        agent -> agent.metrics.tlsFailed(TlsFailure.PLAIN_TEXT).add(1),
                        "held_up",
                        "Senders are turned away"),
                new Situation(
                        "a browser",
                        agent -> agent.metrics
                                .malformed(MalformedCause.NOT_MSGPACK)
                                .add(1),
                        "held_up",
                        "does not speak the Forward protocol"),
                new Situation(
                        "an outage",
                        agent -> {
                            agent.vitals.bufferFull = true;
                            agent.vitals.blockage = Optional.of(new Blockage("no permission", "Add it.", true, 0, 0));
                            agent.vitals.blockedFor = Duration.ofSeconds(61);
                        },
                        "held_up",
                        "The stream has accepted nothing for 61 s: no permission"),
                new Situation(
                        "a full buffer",
                        agent -> {
                            agent.vitals.bufferFull = true;
                            agent.metrics.gauges(new Gauges(
                                    () -> 123, () -> 0, () -> 0, () -> 0, () -> 0, () -> 0, () -> 0, () -> 0, () -> 0,
                                    () -> 0));
                        },
                        "held_up",
                        "The buffer is full with 123 lines."),
                new Situation(
                        "a full disk",
                        agent -> {
                            agent.vitals.diskRefuses = true;
                            agent.vitals.bufferFull = true;
                        },
                        "held_up",
                        "The disk refuses"),
                new Situation(
                        "a hanging disk",
                        agent -> {
                            agent.vitals.notDurable = 3;
                            for (int looks = 0; looks < 6; looks++) {
                                agent.look();
                            }
                        },
                        "held_up",
                        "Nothing has become durable for 14 s"),
                new Situation(
                        "a dead shipper",
                        agent -> agent.vitals.shipperStepAge = Duration.ofSeconds(10),
                        "held_up",
                        "has stood still for 10 s"),
                new Situation(
                        "slow requests",
                        agent -> agent.metrics.gauges(new Gauges(
                                () -> 3,
                                () -> 0,
                                () -> 0,
                                () -> 31_000,
                                () -> 0,
                                () -> 0,
                                () -> 1,
                                () -> 0,
                                () -> 0,
                                () -> 0)),
                        "held_up",
                        "3 lines wait, the oldest for 31 s"),
                new Situation("the end", agent -> agent.vitals.accepting = false, "held_up", "it is ending"));
    }

    @ParameterizedTest
    @MethodSource("situations")
    void saysWhy(Situation situation) {
        MonitoredAgent agent = new MonitoredAgent();
        agent.look();
        agent.look();
        situation.happens.accept(agent);
        agent.look();

        Status.Said said = agent.observer.status().flow();
        assertThat(said.why()).contains(situation.says);
        assertThat(said.state()).isEqualTo(situation.state);
    }

    @ParameterizedTest
    @MethodSource("situations")
    void whatIsWrongIsNoLongerSaidWhenItIsOver(Situation situation) {
        MonitoredAgent agent = new MonitoredAgent();
        agent.look();
        situation.happens.accept(agent);
        for (int looks = 0; looks < 20; looks++) {
            agent.look();
        }
        agent.vitals.accepting = true;
        agent.vitals.bufferFull = false;
        agent.vitals.diskRefuses = false;
        agent.vitals.notDurable = 0;
        agent.vitals.blockage = Optional.empty();
        agent.vitals.shipperStepAge = Duration.ZERO;
        agent.look();
        agent.metrics.eventsReceived.add(100);
        agent.metrics.recordsDelivered.add(100);
        agent.look();

        assertThat(agent.observer.status().flow().state()).isEqualTo("flows");
        assertThat(agent.observer.health().isOk()).isTrue();
    }
}
