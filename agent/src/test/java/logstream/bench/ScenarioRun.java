package logstream.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import logstream.bench.load.LoadReport;
import logstream.bench.sink.SinkReport;

/**
 * One run of one scenario: warm up, measure from the first write until the sink has everything, stop, and check.
 *
 * <p>Threading: one thread.
 */
final class ScenarioRun {
    private static final Duration POLL = Duration.ofMillis(50);

    /** Without a new record for so long, what is missing is lost. Longer than the agent's longest wait for a probe. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Scenario scenario;
    private final Rig rig;
    private final AgentProgram agent;
    private long sentBefore;
    private long backNanos;

    private ScenarioRun(Scenario scenario, Rig rig, AgentProgram agent) {
        this.scenario = scenario;
        this.rig = rig;
        this.agent = agent;
    }

    static Run of(Scenario scenario, Rig.Place place) throws IOException, RunFailedException {
        try (Rig rig = Rig.open(place, scenario)) {
            AgentProgram agent = rig.startAgent();
            rig.awaitConnected(agent);
            return new ScenarioRun(scenario, rig, agent).run();
        }
    }

    /** All that is counted, at one moment. */
    private record Moment(
            long nanos, ProcessFigures agent, double rigCpu, MachineLoad machine, double ourCpu, SinkReport sink) {}

    private Run run() throws IOException, RunFailedException {
        if (scenario.warmUp().records() > 0 || scenario.warmUp().seconds() > 0) {
            rig.load().tellJson(scenario.warmUp());
            sentBefore = loadReport().records();
            awaitDelivered(sentBefore);
        }
        rig.sink().ask("mark", Long.class);
        Moment start = moment();
        rig.load().tellJson(scenario.amount());
        disturb();
        LoadReport sent = loadReport();
        if (scenario.disturbance() instanceof Disturbance.Backlog) {
            start = moment();
            backNanos = rig.sink().ask("back", Long.class);
        }
        awaitDelivered(sentBefore + sent.records());
        Moment end = moment();
        agent.terminate();
        SinkReport last = rig.sink().ask("order", SinkReport.class);
        return result(start, end, sent, last);
    }

    private void disturb() throws IOException, RunFailedException {
        switch (scenario.disturbance()) {
            case Disturbance.Nothing _ -> {}
            case Disturbance.Backlog _ -> rig.sink().ask("away", Long.class);
            case Disturbance.Outage(double from, double to) -> {
                sleep(from * scenario.seconds());
                rig.sink().ask("away", Long.class);
                sleep((to - from) * scenario.seconds());
                backNanos = rig.sink().ask("back", Long.class);
            }
            case Disturbance.Kill(double at) -> {
                sleep(at * scenario.seconds());
                agent.killAndStart();
            }
            case Disturbance.Terminate(double at) -> {
                sleep(at * scenario.seconds());
                agent.terminateAndStart();
            }
            case Disturbance.Starts _ -> throw new IllegalStateException("starts are measured elsewhere");
        }
    }

    private Moment moment() throws IOException, RunFailedException {
        ProcessFigures ofAgent = agent.figures();
        double rigCpu = rig.sink().figures().cpuSeconds() + rig.load().figures().cpuSeconds();
        double ourCpu = ofAgent.cpuSeconds()
                + rigCpu
                + ProcessFigures.of(ProcessHandle.current().pid()).cpuSeconds();
        return new Moment(
                System.nanoTime(),
                ofAgent,
                rigCpu,
                MachineLoad.now(),
                ourCpu,
                rig.sink().ask("report", SinkReport.class));
    }

    /** Waits until the load generator is done. */
    private LoadReport loadReport() throws RunFailedException {
        try {
            return rig.load().answer(LoadReport.class);
        } catch (IOException e) {
            throw agent.failed("the load generator failed", e);
        }
    }

    private void awaitDelivered(long records) throws IOException, RunFailedException {
        long known = -1;
        long progressNanos = System.nanoTime();
        while (true) {
            long now = rig.sink().ask("report", SinkReport.class).records();
            if (now >= records) {
                return;
            }
            if (now > known) {
                known = now;
                progressNanos = System.nanoTime();
            } else if (System.nanoTime() - progressNanos > PATIENCE.toNanos()) {
                return;
            }
            if (!agent.isAlive()) {
                throw agent.failed("the agent has ended", null);
            }
            sleep(POLL.toNanos() / 1e9);
        }
    }

    private Run result(Moment start, Moment end, LoadReport sent, SinkReport last) {
        boolean backlog = scenario.disturbance() instanceof Disturbance.Backlog;
        double records = end.sink().records() - (double) start.sink().records();
        double millions = Math.max(records, 1) / 1e6;
        long firstNanos = backlog ? backNanos : sent.firstWriteNanos();
        double seconds = (end.sink().lastAcceptedNanos() - firstNanos) / 1e9;
        double cpu = end.agent().cpuSeconds() - start.agent().cpuSeconds();
        double lineBytes = scenario.load().lineBytes();
        long lost = Math.max(0, sentBefore + sent.records() - last.records());

        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        figures.put(Figure.RATE, records / seconds);
        figures.put(Figure.TAKEN, sent.records() / ((sent.lastWriteNanos() - sent.firstWriteNanos()) / 1e9));
        figures.put(Figure.MEGABYTES, records * lineBytes / seconds / 1e6);
        figures.put(Figure.CPU, cpu / millions);
        figures.put(Figure.CPU_WHOLE, end.agent().cpuSeconds() / (Math.max(last.records(), 1) / 1e6));
        figures.put(Figure.CPU_SHARE, 100 * cpu / ((end.nanos() - start.nanos()) / 1e9));
        figures.put(Figure.PEAK, end.agent().peakBytes() / 1e6);
        figures.put(Figure.LOST, (double) lost);
        figures.put(Figure.DUPLICATES, (double) last.duplicates());
        figures.put(Figure.RESENT, (double) last.resent());
        if (!backlog) {
            figures.put(Figure.P50, last.p50Micros() / 1e3);
            figures.put(Figure.P99, last.p99Micros() / 1e3);
            figures.put(Figure.P999, last.p999Micros() / 1e3);
            figures.put(
                    Figure.DISK,
                    (end.agent().diskBytes() - start.agent().diskBytes()) / (Math.max(records, 1) * lineBytes));
        }
        figures.put(
                Figure.PER_REQUEST,
                records / Math.max(1, end.sink().requests() - start.sink().requests()));
        figures.put(Figure.OTHERS_CPU, (end.rigCpu() - start.rigCpu()) / millions);
        if (backNanos != 0) {
            figures.put(Figure.BACK, (last.resumedNanos() - backNanos) / 1e9);
            figures.put(Figure.CAUGHT_UP, Math.max(0, last.lastLateNanos() - backNanos) / 1e9);
        }
        if (scenario.load().idle() > 0) {
            figures.put(Figure.IDLE_OPEN, (double) sent.idleOpen());
        }
        return new Run(
                figures,
                end.machine().since(start.machine(), end.ourCpu() - start.ourCpu()),
                defects(lost, sent, last));
    }

    private List<String> defects(long lost, LoadReport sent, SinkReport last) {
        List<String> defects = new ArrayList<>();
        if (lost != 0 && !scenario.mayLose()) {
            defects.add("%,d lines lost".formatted(lost));
        }
        if (last.disordered() > 0) {
            defects.add("%,d lines out of order when sorted by key".formatted(last.disordered()));
        }
        if (last.badKeys() > 0) {
            defects.add("%,d keys that are made from no place in the buffer".formatted(last.badKeys()));
        }
        if (last.foreign() > 0) {
            defects.add("%,d records that nobody sent".formatted(last.foreign()));
        }
        if (sent.idleOpen() < scenario.load().idle()) {
            defects.add("%,d silent connections were closed"
                    .formatted(scenario.load().idle() - sent.idleOpen()));
        }
        return defects;
    }

    private static void sleep(double seconds) {
        try {
            Thread.sleep(Duration.ofNanos((long) (seconds * 1e9)));
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a run", e);
        }
    }
}
