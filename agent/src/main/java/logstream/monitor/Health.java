package logstream.monitor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import logstream.pipeline.Blockage;

/**
 * Whether each part of the agent does its work, and why not.
 *
 * <p>Threading: immutable.
 */
record Health(List<Check> checks, double lastSuccessSeconds) {
    /** A thread that has not got on for so long stands: its longest pause by itself is a second. */
    static final Duration STANDS = Duration.ofSeconds(10);

    /** No time is known. */
    static final double NEVER = -1;

    /**
     * One part.
     *
     * @param why what is wrong, a sentence; empty when it is ok
     * @param remedy what to do; may be empty
     */
    record Check(String name, boolean ok, String why, String remedy) {
        static Check ok(String name) {
            return new Check(name, true, "", "");
        }

        static Check of(String name, boolean ok, String why, String remedy) {
            return ok ? ok(name) : new Check(name, false, why, remedy);
        }
    }

    static Health of(Vitals vitals, Progress progress, Sample now) {
        List<Check> checks = new ArrayList<>();
        checks.add(Check.of(
                "intake",
                vitals.accepting(),
                "The agent takes no lines: it is ending.",
                "Wait for its end, then start it again."));
        checks.add(buffer(vitals, now));
        checks.add(Check.of(
                "disk",
                !vitals.diskRefuses(),
                "The disk refuses to be written to, so no line can be kept; senders wait.",
                "Read the agent's log for the error; make room on the disk of buffer.directory, or mend it."));
        Duration commit = progress.commitStands();
        checks.add(Check.of(
                "commit thread",
                commit.compareTo(STANDS) < 0,
                "Nothing has become durable for " + commit.toSeconds() + " s although lines wait for it.",
                "The disk hangs or is far too slow: look at it. If it is well, restart the agent and report this."));
        Duration shipper = vitals.shipperStepAge();
        checks.add(Check.of(
                "shipper",
                shipper.compareTo(STANDS) < 0,
                "The thread that sends has stood still for " + shipper.toSeconds() + " s.",
                "Restart the agent and report this with its log; lines are kept in the buffer."));
        checks.add(stream(vitals));
        Optional<Duration> success = progress.sinceDelivered(now.nanos());
        return new Health(List.copyOf(checks), success.map(Health::seconds).orElse(NEVER));
    }

    private static Check buffer(Vitals vitals, Sample now) {
        return Check.of(
                "buffer",
                !vitals.bufferFull(),
                "The buffer is full with " + now.bufferedEvents() + " lines.",
                "See why the stream takes too little; if lines come in bursts, raise buffer.max_chunks.");
    }

    private static Check stream(Vitals vitals) {
        Optional<Blockage> blockage = vitals.blockage();
        return blockage.isEmpty()
                ? Check.ok("stream")
                : new Check(
                        "stream",
                        false,
                        "The stream has accepted nothing for "
                                + vitals.blockedFor().toSeconds() + " s: "
                                + blockage.get().reason(),
                        blockage.get().advice());
    }

    boolean isOk() {
        return checks.stream().allMatch(Check::ok);
    }

    /** In seconds with one digit behind the point. */
    static double seconds(Duration duration) {
        return Math.round(duration.toMillis() / 100.0) / 10.0;
    }
}
