package logstream.pipeline;

import logstream.forward.MsgpackCursor;
import logstream.pipeline.CareConfig.RateLimit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the events of one connection through, as far as their container may send them.
 *
 * <p>Threading: confined to the thread of the connection.
 */
final class RateGate {
    private static final Logger log = LoggerFactory.getLogger(RateGate.class);

    private final RateLimits limits;
    private final RateLimit limit;
    private final EventFields fields = new EventFields();
    private ContainerRate rate;

    /** For events of a container under a tag. */
    RateGate(RateLimits limits, RateLimit limit, ContainerName container, String tag) {
        this.limits = limits;
        this.limit = limit;
        this.rate = limits.of(container, tag, limit);
    }

    /** Whether the event whose map is at the cursor, which stays there, may pass. */
    boolean lets(MsgpackCursor record) {
        byte[] wire = record.bytes();
        int begin = record.position();
        fields.read(record);
        int size = record.position() - begin;
        record.at(wire, begin);
        long now = limits.now();
        ContainerRate.Verdict verdict = rate.take(now, size, fields);
        while (verdict == ContainerRate.Verdict.GONE) {
            rate = limits.of(rate.container(), rate.tag(), limit);
            verdict = rate.take(now, size, fields);
        }
        if (verdict == ContainerRate.Verdict.CUT && rate.takeLogTurn(now)) {
            log.warn(
                    "container \"{}\" with tag \"{}\" sends more than record.rate_limit lets it ({}): what is more is dropped",
                    printable(rate.container().shown()),
                    printable(rate.tag()),
                    limit.shown());
        }
        return verdict == ContainerRate.Verdict.LET;
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
