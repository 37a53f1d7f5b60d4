package logstream.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import logstream.bench.load.Amount;
import logstream.bench.load.LoadPlan;
import logstream.bench.sink.SinkFaults;

/** All scenarios, in the order in which they are run and shown. */
final class Scenarios {
    private static final LoadPlan SHORT_LINES = LoadPlan.docker(200);
    private static final LoadPlan STEADY = SHORT_LINES.withRate(20_000);
    private static final Amount MILLION = Amount.ofRecords(1_000_000);

    /** After it the JVM compiles next to nothing any more, as in an agent that has run for hours. */
    private static final Amount WARM = Amount.ofRecords(5_000_000).hurried();

    private static final Amount FULL_SPEED = Amount.ofRecords(4_000_000);
    private static final Amount HALF_A_MINUTE = Amount.ofSeconds(30);
    private static final Amount TEN_SECONDS = Amount.ofSeconds(10);

    private Scenarios() {}

    static List<Scenario> all() {
        Scenario s1 = new Scenario(
                "S1", "Message mode, 8 connections, 200-byte lines, as fast as taken", SHORT_LINES, WARM, FULL_SPEED);
        List<Scenario> all = new ArrayList<>();
        all.add(s1);
        all.add(like(s1, "S1L", "S1 with 20 ms a request, what Kinesis takes").with(new SinkFaults(0, 0, 0, 20)));
        all.add(new Scenario(
                "S2",
                "S1 with 2,000-byte lines",
                LoadPlan.docker(2_000),
                Amount.ofRecords(1_500_000),
                Amount.ofRecords(1_000_000)));
        all.add(new Scenario(
                "S3",
                "PackedForward, 1,000 events a message, each acknowledged before the next; 8 connections, 200-byte lines",
                SHORT_LINES.packed(1_000),
                WARM,
                FULL_SPEED));
        all.add(outage());
        all.add(killed());
        Scenario terminated = new Scenario(
                        "S5T",
                        "SIGTERM and restart in the middle of 20,000 records/s without acks; senders see the close",
                        STEADY,
                        TEN_SECONDS,
                        TEN_SECONDS)
                .with(new Disturbance.Terminate(0.5));
        all.add(terminated);
        all.add(like(terminated, "S5TD", "S5T with senders that see nothing until a write fails, as Docker's")
                .with(STEADY.blind())
                .thatMayLose());
        all.add(new Scenario(
                "S6", "a steady 20,000 records/s, 8 connections, 200-byte lines", STEADY, WARM, HALF_A_MINUTE));
        Scenario quiet = new Scenario(
                "S7",
                "1,000 quiet containers, each its own tag, 200 records/s in all",
                SHORT_LINES.withConnections(1_000).withRate(200),
                TEN_SECONDS,
                HALF_A_MINUTE);
        all.add(quiet);
        all.add(like(quiet, "S7-10000", "the same of 10,000 containers")
                .with(quiet.load().withConnections(10_000)));
        all.add(like(s1, "S8", "S1 with 1 % of the records throttled").with(new SinkFaults(0.01, 0, 0, 0)));
        all.add(like(s1, "S8F", "S8 with 5 % failed requests and 2 % lost answers, too")
                .with(new SinkFaults(0.01, 0.05, 0.02, 0)));
        lineSizes().forEach(all::add);
        all.add(new Scenario(
                        "S10",
                        "2 GiB of backlog, sent when the endpoint is there again",
                        SHORT_LINES,
                        MILLION,
                        Amount.ofRecords(4_400_000))
                .with(new Disturbance.Backlog()));
        all.add(new Scenario("S11", "the start, ten times", SHORT_LINES.withConnections(1), NOTHING, NOTHING)
                .with(new Disturbance.Starts(10)));
        all.add(like(s1, "IDLE", "S1 beside 10,000 silent connections, on a heap of 64 MiB")
                .with(SHORT_LINES.withIdle(10_000))
                .withAgentOptions("-Xmx64m"));
        connections(s1).forEach(all::add);
        rates().forEach(all::add);
        return List.copyOf(all);
    }

    private static final Amount NOTHING = new Amount(0, 0, false);

    /** With acks, and the senders repeat what was not acknowledged: as fluentd and Fluent Bit do. */
    private static Scenario killed() {
        return new Scenario(
                        "S5",
                        "SIGKILL and restart in the middle of 20,000 records/s, 100 events a message, with acks",
                        STEADY.packed(100),
                        TEN_SECONDS,
                        TEN_SECONDS)
                .with(new Disturbance.Kill(0.5));
    }

    private static Scenario outage() {
        return new Scenario(
                        "S4",
                        "20 s without an endpoint in the middle of 50 s of 20,000 records/s",
                        STEADY,
                        TEN_SECONDS,
                        Amount.ofSeconds(50))
                .with(new Disturbance.Outage(0.3, 0.7));
    }

    /** About as many bytes each; the warm-up is a fifth. */
    private static Stream<Scenario> lineSizes() {
        return IntStream.of(20, 200, 2_000, 16_000, 128_000, 512_000).mapToObj(bytes -> {
            long records = Math.min(2_000_000, 1_000_000_000L / bytes);
            return new Scenario(
                    "S9-" + bytes,
                    "S1 with " + "%,d".formatted(bytes) + "-byte lines",
                    LoadPlan.docker(bytes),
                    Amount.ofRecords(records / 5),
                    Amount.ofRecords(records));
        });
    }

    private static Stream<Scenario> connections(Scenario s1) {
        return IntStream.of(1, 10, 100, 1_000)
                .mapToObj(count -> like(
                                s1,
                                "CONNECTIONS-" + count,
                                "S1 with " + "%,d".formatted(count) + (count == 1 ? " connection" : " connections"))
                        .with(SHORT_LINES.withConnections(count))
                        .lasting(Amount.ofRecords(2_000_000)));
    }

    private static Stream<Scenario> rates() {
        return IntStream.of(500, 2_000, 10_000, 50_000, 100_000, 200_000)
                .mapToObj(rate -> new Scenario(
                        "RATE-" + rate,
                        "a steady " + "%,d".formatted(rate) + " records/s, 8 connections, 200-byte lines",
                        SHORT_LINES.withRate(rate),
                        WARM,
                        Amount.ofSeconds(20)));
    }

    private static Scenario like(Scenario other, String name, String what) {
        return new Scenario(
                name,
                what,
                other.load(),
                other.faults(),
                other.warmUp(),
                other.amount(),
                other.disturbance(),
                other.agentOptions(),
                other.mayLose());
    }
}
