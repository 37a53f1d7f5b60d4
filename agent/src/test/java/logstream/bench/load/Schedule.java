package logstream.bench.load;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * A load of a fixed rate: message by message, round the connections, each at its moment. A message that its connection
 * cannot take yet stays due and keeps its moment as its time of writing, so that a wait shows as what it is.
 *
 * <p>Threading: confined to the generator's thread.
 */
final class Schedule {
    /** Due messages of one connection that are not begun: their moments. */
    private record Due(Sender sender, Queue<Long> moments) {}

    private final List<Due> dues;
    private final double nanosPerMessage;
    private final long startNanos;
    private final long messages;
    private long scheduled;
    private long waiting;

    /** @param messages in all; {@link Long#MAX_VALUE} for no end */
    Schedule(List<Sender> senders, double messagesPerSecond, long messages, long startNanos) {
        this.dues = senders.stream()
                .map(sender -> new Due(sender, new ArrayDeque<>()))
                .toList();
        this.nanosPerMessage = 1e9 / messagesPerSecond;
        this.messages = messages;
        this.startNanos = startNanos;
    }

    /** Begins what is due and can be begun. */
    void advance(long now, int events, int epochSeconds) {
        for (long moment = moment(); scheduled < messages && moment <= now; moment = moment()) {
            Due due = dues.get((int) (scheduled % dues.size()));
            due.moments.add(moment);
            scheduled++;
            waiting++;
            begin(due, events, epochSeconds);
        }
        if (waiting > 0) {
            for (Due due : dues) {
                begin(due, events, epochSeconds);
            }
        }
    }

    private void begin(Due due, int events, int epochSeconds) {
        while (due.sender.isFree() && !due.moments.isEmpty()) {
            waiting--;
            due.sender.write(events, due.moments.remove(), epochSeconds);
        }
    }

    /** Ends the schedule: what is due is still sent, nothing more becomes due. */
    boolean isDone() {
        return scheduled >= messages && waiting == 0;
    }

    /** Whether messages wait for their connections. */
    boolean isBehind() {
        return waiting > 0;
    }

    /** When the next message is due. */
    long moment() {
        return startNanos + (long) (scheduled * nanosPerMessage);
    }
}
