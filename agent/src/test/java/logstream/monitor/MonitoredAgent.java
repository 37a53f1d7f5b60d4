package logstream.monitor;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import logstream.metrics.Containers;
import logstream.metrics.Metrics;
import logstream.pipeline.LiveTail;

/** An agent of which only what the monitor sees is there, at a time that a test sets. */
final class MonitoredAgent {
    static final Instant NOW = Instant.parse("2026-01-31T09:30:00Z");

    /** Of an agent that was started without a file. */
    private static final LiveConfig WITHOUT_FILE = new LiveConfig() {
        @Override
        public String file() {
            return "";
        }

        @Override
        public List<LiveConfig.Shown> settings() {
            return List.of();
        }

        @Override
        public Result reloadNow() {
            return new LiveConfig.Result(
                    false, "this agent was started without a configuration file", List.of(), List.of());
        }
    };

    final Metrics metrics = new Metrics();
    final Containers containers = new Containers(() -> NOW, metrics.tags);
    final ScriptedVitals vitals = new ScriptedVitals();
    final LiveTail liveTail = new LiveTail(this::nanos);
    final RecentProblems problems = new RecentProblems();
    final Observed observed = observed(WITHOUT_FILE);
    final Observer observer = new Observer(observed, problems, () -> NOW, this::nanos);
    private long nanos = Duration.ofDays(3).toNanos();

    private long nanos() {
        return nanos;
    }

    Observed observed(LiveConfig config) {
        About about = new About(
                "1.2.3",
                "host-1",
                4711,
                NOW.minusSeconds(3_600),
                "tcp://127.0.0.1:24224",
                "logs",
                "eu-west-1",
                "/var/lib/logstream/buffer",
                2L << 30);
        return new Observed(about, metrics, containers, vitals, liveTail, config);
    }

    /** Time passes, and the monitor looks. */
    void look() {
        nanos += History.INTERVAL.toNanos();
        observer.look();
    }

    /** As an agent looks after an hour of work. */
    void work() {
        look();
        metrics.framesRecovered.add(5);
        metrics.eventsReceived.add(1_000);
        metrics.bytesReceived.add(250_000);
        metrics.recordsDelivered.add(900);
        metrics.bytesDelivered.add(270_000);
        metrics.eventsMerged.add(30);
        metrics.requestsSent.add(12);
        metrics.requestsFailed(Metrics.RequestFailure.SERVER).add(2);
        metrics.requestsFailed(Metrics.RequestFailure.NO_ANSWER).add(1);
        metrics.dropped(Metrics.DropCause.UNMATCHED_TAG).add(7);
        metrics.dropped(Metrics.DropCause.OVERFLOW).add(3);
        metrics.deadLettered(Metrics.DeadLetterCause.REFUSED).add(2);
        metrics.retried(Metrics.RetryCause.THROTTLED).add(40);
        metrics.gauges(new Metrics.Gauges(
                () -> 63,
                () -> 1_234_567,
                () -> 4,
                () -> 2_500,
                () -> 1,
                () -> 9_876_543_210L,
                () -> 2,
                () -> 555,
                () -> 128,
                () -> 500));
        metrics.streamFacts(new Metrics.StreamFacts("logs", "PROVISIONED", "ACTIVE", "KMS", 4, 1 << 20));
        containers.of("web", "grid.web").taken(990, 240_000, 30, NOW.toEpochMilli());
        containers
                .of("<script>alert(1)</script>", "other")
                .dropped(7, NOW.minusSeconds(90).toEpochMilli());
        look();
        problems.add("warn", "Outage", "the stream accepts nothing: {}", "the stream accepts nothing: 503", NOW);
    }

    static LiveConfig config() {
        return new LiveConfig() {
            @Override
            public String file() {
                return "/etc/logstream/logstream.yml";
            }

            @Override
            public List<Shown> settings() {
                return List.of(
                        new Shown("kinesis.stream", "logs", "line 3", false),
                        new Shown("monitor.token", "(secret)", "line 7", false));
            }

            @Override
            public Result reloadNow() {
                return new Result(true, "the file holds now", List.of("record.tags"), List.of());
            }
        };
    }
}
