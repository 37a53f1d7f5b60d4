package logstream.monitor;

import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import logstream.metrics.Containers;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.StreamFacts;
import logstream.pipeline.LiveTail;

/**
 * Looks at the agent's counters every few seconds, and tells what they mean.
 *
 * <p>Threading: {@link #look} by one thread, the rest by any.
 */
final class Observer {
    private final About about;
    private final Metrics metrics;
    private final Containers containers;
    private final Vitals vitals;
    private final LiveTail liveTail;
    private final RecentProblems problems;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final History history = new History();
    private final Progress progress = new Progress();

    Observer(Observed observed, RecentProblems problems, InstantSource clock, LongSupplier nanoTime) {
        this.about = observed.about();
        this.metrics = observed.metrics();
        this.containers = observed.containers();
        this.vitals = observed.vitals();
        this.liveTail = observed.liveTail();
        this.problems = problems;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /** To be called every {@link History#INTERVAL}. */
    void look() {
        Sample sample = sample();
        history.add(sample);
        progress.look(sample, vitals.durable(), vitals.notDurable());
        containers.sample(sample.nanos());
    }

    private Sample sample() {
        return Sample.of(metrics, nanoTime.getAsLong());
    }

    boolean isReady() {
        return vitals.accepting() && !vitals.bufferFull() && !vitals.diskRefuses();
    }

    Health health() {
        return Health.of(vitals, progress, sample());
    }

    List<History.Point> points() {
        return history.points();
    }

    Status status() {
        Sample now = sample();
        Health health = Health.of(vitals, progress, now);
        Flow flow = Flow.of(vitals, health, progress, history.present(now), about);
        Optional<StreamFacts> facts = metrics.streamFacts();
        return new Status(
                clock.millis() / 1_000,
                new Status.Agent(
                        about.version(),
                        about.host(),
                        about.pid(),
                        about.started().getEpochSecond(),
                        about.forward(),
                        about.stream(),
                        vitals.connections()),
                new Status.Said(Json.name(flow.state()), flow.why(), flow.remedy()),
                health.checks(),
                Status.rates(history.recent(now)),
                Status.totals(metrics, now),
                Status.fill(metrics.gauges(), now, about.bufferLimitBytes(), vitals.bufferFull()),
                new Status.Stream(
                        now.inFlight(),
                        health.lastSuccessSeconds(),
                        Health.seconds(vitals.blockedFor()),
                        now.throttled(),
                        facts.map(StreamFacts::mode).orElse(""),
                        facts.map(StreamFacts::status).orElse(""),
                        facts.map(StreamFacts::encryption).orElse(""),
                        facts.map(StreamFacts::openShards).orElse(0)),
                Status.deadLetters(metrics),
                containers.count(),
                containers.rows(Status.MOST_ROWS).stream().map(Status.Row::of).toList(),
                liveTail.viewers(),
                problems.newest().stream().map(Status.Warning::of).toList());
    }
}
