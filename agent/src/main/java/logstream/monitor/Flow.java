package logstream.monitor;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import logstream.monitor.Health.Check;

/**
 * In one sentence: whether lines flow, and if not why.
 *
 * <p>Threading: immutable.
 *
 * @param why a sentence
 * @param remedy what to do; may be empty
 */
record Flow(State state, String why, String remedy) {
    /** A line in the buffer that is older than this is not just on its way. */
    private static final Duration WAITS_TOO_LONG = Duration.ofSeconds(30);

    /** How it goes. */
    enum State {
        /** Lines come in and go out. */
        FLOWS,
        /** Nothing comes in, and that may be right. */
        QUIET,
        /** Something keeps lines from coming or going. */
        HELD_UP
    }

    /** @param present what happened in the last half minute */
    static Flow of(Vitals vitals, Health health, Progress progress, History.Change present, About about) {
        Optional<Check> wrong =
                health.checks().stream().filter(check -> !check.ok()).findFirst();
        if (wrong.isPresent()) {
            return heldUp(mostTelling(health.checks()));
        }
        Sample from = present.from();
        Sample to = present.to();
        long received = to.received() - from.received();
        long delivered = to.delivered() - from.delivered();
        long throttled = to.throttled() - from.throttled();
        if (received > 0 && to.dropped() - from.dropped() >= received) {
            return allDropped(to.unmatched() - from.unmatched() >= received);
        }
        if (throttled > delivered) {
            return new Flow(
                    State.HELD_UP,
                    "The stream throttles: it takes less than is sent to it, the rest waits in the buffer.",
                    "Add shards to stream " + about.stream() + ", or switch it to on-demand mode.");
        }
        if (delivered == 0 && to.bufferedEvents() > 0) {
            return waiting(to);
        }
        if (delivered > 0) {
            String why =
                    received > 0 ? "Lines come in and go out." : "No line comes in at present; the last ones went out.";
            return new Flow(State.FLOWS, why, "");
        }
        return received > 0
                ? new Flow(State.FLOWS, "Lines come in and are on their way.", "")
                : nothingComes(vitals, progress, present, about);
    }

    private static Flow allDropped(boolean unmatched) {
        return unmatched
                ? new Flow(
                        State.HELD_UP,
                        "Lines come in, but their tags match none of the patterns in record.tags: all of them are dropped.",
                        "See the tags in the list of containers, and add a pattern to record.tags.")
                : new Flow(
                        State.HELD_UP,
                        "Lines come in, and all of them are dropped.",
                        "See the causes under \"dropped\", and the agent's log.");
    }

    private static Flow waiting(Sample now) {
        Duration oldest = Duration.ofMillis(now.oldestMillis());
        if (oldest.compareTo(WAITS_TOO_LONG) < 0) {
            return new Flow(State.FLOWS, "Lines have come in and are on their way.", "");
        }
        return new Flow(
                State.HELD_UP,
                now.bufferedEvents() + " lines wait, the oldest for " + ago(oldest)
                        + ", and nothing has been accepted for half a minute, although no request has failed.",
                "Requests are very slow, or all of them were thrown back: see throttling and the agent's log.");
    }

    private static Flow nothingComes(Vitals vitals, Progress progress, History.Change present, About about) {
        if (present.to().refused() > present.from().refused()) {
            return new Flow(
                    State.HELD_UP,
                    "Senders are turned away: address, shared key, user or TLS are not as forward.security and forward.tls want.",
                    "See the last warnings for who and why.");
        }
        if (present.to().malformed() > present.from().malformed()) {
            return new Flow(
                    State.HELD_UP,
                    "Something connects that does not speak the Forward protocol, or speaks it wrongly.",
                    "See the last warnings for who it is and what it sent.");
        }
        long connections = vitals.connections();
        if (connections == 0) {
            return new Flow(
                    State.QUIET,
                    "No sender is connected.",
                    "Containers started with --log-driver fluentd connect to " + about.forward()
                            + "; docker run --log-driver fluentd --log-opt fluentd-address=HOST:PORT says where.");
        }
        String senders = connections == 1 ? "1 sender is connected" : connections + " senders are connected";
        Optional<Duration> since = progress.sinceReceived(present.to().nanos());
        return since.isEmpty()
                ? new Flow(State.QUIET, senders + "; no line has come since the agent started.", "")
                : new Flow(
                        State.QUIET,
                        senders + "; the last line came " + ago(since.get()) + " ago.",
                        "That is right when the containers print nothing.");
    }

    /** The disk is why the buffer is full, and the stream, too; both say more than that it is. */
    private static Check mostTelling(List<Check> checks) {
        List<String> order = List.of("intake", "disk", "commit thread", "shipper", "stream", "buffer");
        for (String name : order) {
            for (Check check : checks) {
                if (check.name().equals(name) && !check.ok()) {
                    return check;
                }
            }
        }
        throw new IllegalStateException("a check that is in no order: " + checks);
    }

    private static Flow heldUp(Check check) {
        return new Flow(State.HELD_UP, check.why(), check.remedy());
    }

    private static String ago(Duration duration) {
        if (duration.toMinutes() < 2) {
            return duration.toSeconds() + " s";
        }
        return duration.toHours() < 2 ? duration.toMinutes() + " min" : duration.toHours() + " h";
    }
}
