package logstream.pipeline;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import logstream.buffer.Buffer;
import logstream.buffer.BufferConfig;
import logstream.metrics.Metrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchTest {
    @TempDir
    private Path folder;

    @Test
    void sweep() throws Exception {
        try (Buffer buffer = Buffer.open(BufferConfig.DEFAULT.withDirectory(folder), new Metrics())) {
            List<FlowScenario> all = new ArrayList<>(FlowScenarios.steady());
            all.addAll(FlowScenarios.special());
            for (FlowScenario s : all) {
                long t = System.nanoTime();
                FlowOutcome o = FlowSimulation.run(s, buffer);
                int end = s.seconds();
                StringBuilder line = new StringBuilder();
                for (int i = 0; i < 24; i++) {
                    line.append(String.format(Locale.ROOT, " %.1f/%.1f", o.acceptedIn(i), o.throttledIn(i)));
                }
                System.out.printf(Locale.ROOT, "ROW %-50s N=%d %s lat=%d use=%.3f thr=%.4f start10=%.4f inflight=%d jain=%.3f last=%.2f ms=%d%n",
                    s.name(), s.shards(), s.lineBytes(), s.latencyMillis(), o.use(10, end), o.throttledShare(0, end), o.throttledShare(0, 10),
                    o.mostInFlight(), o.fairness(end - 60, end), o.shareOfLast(end - 60, end), (System.nanoTime() - t) / 1000000);
                System.out.println("SEC" + line);
            }
        }
    }
}
