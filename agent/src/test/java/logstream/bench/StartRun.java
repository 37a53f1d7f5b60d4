package logstream.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import logstream.bench.load.Amount;
import logstream.bench.load.LoadReport;
import logstream.bench.sink.SinkReport;

/** Starts the agent again and again, each time on an empty buffer: how long until it listens, and until a line is delivered. */
final class StartRun {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration IDLE = Duration.ofSeconds(3);

    private StartRun() {}

    static Run of(Scenario scenario, int times, Rig.Place place) throws IOException, RunFailedException {
        MachineLoad machine = MachineLoad.now();
        double ours = 0;
        Map<Figure, List<Double>> all = new EnumMap<>(Figure.class);
        for (int time = 0; time < times; time++) {
            try (Rig rig = Rig.open(place, scenario)) {
                AgentProgram agent = rig.startAgent();
                Map<Figure, Double> one = measure(rig, agent);
                ours += agent.figures().cpuSeconds()
                        + rig.sink().figures().cpuSeconds()
                        + rig.load().figures().cpuSeconds();
                agent.terminate();
                one.forEach((figure, value) ->
                        all.computeIfAbsent(figure, _ -> new ArrayList<>()).add(value));
            }
        }
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        all.forEach((figure, values) -> figures.put(figure, figure.of(values)));
        return new Run(figures, MachineLoad.now().since(machine, ours), List.of());
    }

    private static Map<Figure, Double> measure(Rig rig, AgentProgram agent) throws IOException, RunFailedException {
        rig.load().tellJson(Amount.ofRecords(1));
        long listening = rig.awaitConnected(agent);
        var _ = rig.load().answer(LoadReport.class);
        long accepted = awaitFirst(rig, agent);
        sleep(IDLE);
        ProcessFigures idle = agent.figures();
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        figures.put(Figure.LISTENS, (listening - agent.startNanos()) / 1e6);
        figures.put(Figure.FIRST, (accepted - agent.startNanos()) / 1e6);
        figures.put(Figure.IDLE, idle.residentBytes() / 1e6);
        figures.put(Figure.PEAK, idle.peakBytes() / 1e6);
        return figures;
    }

    private static long awaitFirst(Rig rig, AgentProgram agent) throws IOException, RunFailedException {
        long start = System.nanoTime();
        while (System.nanoTime() - start < PATIENCE.toNanos()) {
            long accepted = rig.sink().ask("report", SinkReport.class).firstAcceptedNanos();
            if (accepted != 0) {
                return accepted;
            }
            sleep(POLL);
        }
        throw agent.failed("nothing was delivered within " + PATIENCE, null);
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts a run", e);
        }
    }
}
