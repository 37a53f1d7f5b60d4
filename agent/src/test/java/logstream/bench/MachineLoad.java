package logstream.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What all processors of the machine have done since it started, in seconds, from /proc/stat.
 *
 * @param busy user, nice, system and interrupts
 * @param stolen taken by other guests of the same host
 * @param all of that, and idle
 */
record MachineLoad(double busy, double stolen, double all) {
    /** Share of the machine's time from which on it was noisy. */
    private static final double NOISY_STOLEN = 0.01;

    private static final double NOISY_OTHERS = 0.05;

    static MachineLoad now() {
        try {
            // cpu user nice system idle iowait irq softirq steal guest guest_nice; guests are in user and nice.
            String[] ticks = Files.readString(Path.of("/proc/stat"))
                    .lines()
                    .findFirst()
                    .orElse("")
                    .trim()
                    .split(" +", -1);
            double busy = ticks(ticks, 1) + ticks(ticks, 2) + ticks(ticks, 3) + ticks(ticks, 6) + ticks(ticks, 7);
            double stolen = ticks(ticks, 8);
            return new MachineLoad(busy, stolen, busy + stolen + ticks(ticks, 4) + ticks(ticks, 5));
        } catch (IOException e) {
            throw new IllegalStateException("/proc/stat cannot be read", e);
        }
    }

    private static double ticks(String[] columns, int column) {
        return Double.parseDouble(columns[column]) / ProcessFigures.TICKS_PER_SECOND;
    }

    /**
     * How quiet the machine was.
     *
     * @param stolen share of the machine's time that other guests took
     * @param others share that processes took which are not the benchmark's
     */
    record Noise(double stolen, double others) {
        boolean isLoud() {
            return stolen > NOISY_STOLEN || others > NOISY_OTHERS;
        }
    }

    /** @param ours CPU seconds of the benchmark's processes meanwhile */
    Noise since(MachineLoad earlier, double ours) {
        double time = Math.max(1e-3, all - earlier.all);
        return new Noise((stolen - earlier.stolen) / time, Math.max(0, busy - earlier.busy - ours) / time);
    }
}
