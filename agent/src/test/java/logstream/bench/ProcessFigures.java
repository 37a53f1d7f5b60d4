package logstream.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the kernel has counted for a process so far, from /proc.
 *
 * @param cpuSeconds user and system
 * @param peakBytes largest resident memory
 * @param residentBytes resident now
 * @param diskBytes caused to be written to disk, less what was deleted before it was
 */
record ProcessFigures(double cpuSeconds, long peakBytes, long residentBytes, long diskBytes) {
    static final ProcessFigures NONE = new ProcessFigures(0, 0, 0, 0);

    /** Of /proc/PID/stat and /proc/stat: USER_HZ, 100 on every Linux that has Java. */
    static final double TICKS_PER_SECOND = 100;

    /** Places in /proc/PID/stat behind the command's closing parenthesis, see proc_pid_stat(5). */
    private static final int USER_TIME = 11;

    private static final int SYSTEM_TIME = 12;

    /** @throws IOException when the process is gone */
    static ProcessFigures of(long pid) throws IOException {
        Path folder = Path.of("/proc", Long.toString(pid));
        String stat = Files.readString(folder.resolve("stat"));
        String[] times = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        double ticks = Double.parseDouble(times[USER_TIME]) + Double.parseDouble(times[SYSTEM_TIME]);
        String status = Files.readString(folder.resolve("status"));
        String io = Files.readString(folder.resolve("io"));
        return new ProcessFigures(
                ticks / TICKS_PER_SECOND,
                number(status, "VmHWM") << 10,
                number(status, "VmRSS") << 10,
                number(io, "write_bytes") - number(io, "cancelled_write_bytes"));
    }

    /** What two processes, one after the other, have taken; resident is that of the second. */
    ProcessFigures then(ProcessFigures next) {
        return new ProcessFigures(
                cpuSeconds + next.cpuSeconds,
                Math.max(peakBytes, next.peakBytes),
                next.residentBytes,
                diskBytes + next.diskBytes);
    }

    private static long number(String lines, String name) {
        for (String line : lines.split("\n", -1)) {
            if (line.startsWith(name + ":")) {
                return Long.parseLong(
                        line.substring(name.length() + 1).replace("kB", "").trim());
            }
        }
        // A process that ends has no memory any more.
        return 0;
    }
}
