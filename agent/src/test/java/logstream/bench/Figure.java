package logstream.bench;

import java.util.Arrays;
import java.util.List;

/** What is measured in a run: one column of the table each. */
enum Figure {
    RATE(
            "records/s",
            0,
            Of.MEDIAN,
            "different records accepted by the sink, from the first write to the last acceptance"),
    TAKEN("taken/s", 0, Of.MEDIAN, "records the agent took from its senders, from the first write to the last"),
    MEGABYTES("MB/s", 1, Of.MEDIAN, "the same as `records/s` in 10^6 bytes of lines, without their fields"),
    CPU(
            "CPU s/M",
            2,
            Of.MEDIAN,
            "CPU seconds of the agent's process, user and system, for a million records, after the warm-up"),
    CPU_WHOLE(
            "with start",
            2,
            Of.MEDIAN,
            "the same from the start of the process on: with the JVM's start and its compilers"),
    CPU_SHARE("CPU %", 1, Of.MEDIAN, "CPU time of the agent's process after the warm-up, of one core"),
    PEAK("peak MB", 0, Of.WORST, "largest resident memory of the agent's process (VmHWM), in 10^6 bytes"),
    LOST("lost", 0, Of.WORST, "lines written (with acks: acknowledged) of which the sink has none"),
    DUPLICATES("twice", 0, Of.WORST, "records that the sink accepted again under the same key"),
    RESENT("resent", 0, Of.WORST, "lines that a sender repeated on a new connection, and that came under two keys"),
    P50("p50 ms", 1, Of.MEDIAN, "from the moment a line was written, or due, to the sink's acceptance"),
    P99("p99 ms", 1, Of.MEDIAN, "the same"),
    P999("p99.9 ms", 1, Of.MEDIAN, "the same"),
    DISK(
            "disk B/B",
            2,
            Of.MEDIAN,
            "bytes the agent wrote to disk for each byte of lines (write_bytes - cancelled_write_bytes)"),
    PER_REQUEST("per request", 1, Of.MEDIAN, "records in one PutRecords request"),
    OTHERS_CPU("rig s/M", 2, Of.MEDIAN, "CPU seconds of sink and load generator for a million records"),
    BACK("back s", 1, Of.WORST, "from the end of the outage to the first accepted record"),
    CAUGHT_UP("caught up s", 1, Of.WORST, "from the end of the outage to the last record older than a second"),
    LISTENS("listens ms", 0, Of.MEDIAN, "from the start of the process to the first connection"),
    FIRST("first ms", 0, Of.MEDIAN, "from the start of the process to the acceptance of its first record"),
    IDLE("idle MB", 0, Of.MEDIAN, "resident memory 3 s after the first record, nothing else done"),
    IDLE_OPEN("idle open", 0, Of.LEAST, "silent connections still open at the end");

    private final String title;
    private final int decimals;
    private final Of of;
    private final String meaning;

    /** Which of several runs counts. */
    private enum Of {
        MEDIAN,
        WORST,
        LEAST
    }

    Figure(String title, int decimals, Of of, String meaning) {
        this.title = title;
        this.decimals = decimals;
        this.of = of;
        this.meaning = meaning;
    }

    String title() {
        return title;
    }

    String meaning() {
        return meaning
                + switch (of) {
                    case MEDIAN -> "";
                    case WORST -> "; the highest of the runs";
                    case LEAST -> "; the lowest of the runs";
                };
    }

    String text(double value) {
        return ("%,." + decimals + "f").formatted(value);
    }

    /** The one value that stands for those of several runs, at least one. */
    double of(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return switch (of) {
            case MEDIAN -> (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
            case WORST -> sorted[sorted.length - 1];
            case LEAST -> sorted[0];
        };
    }
}
