package logstream.deploy.stacks;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Follows one operation on a stack by its events until it ends, the time is over, or the user leaves.
 *
 * <p>Only events count, not the stack's status: that is, for a moment after an update began, still the one of before.
 * The SDK's waiters would look every 30 seconds, and tell nothing in between.
 */
public final class StackWatch {
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

    private final Stacks stacks;
    private final Pauses pauses;
    private final InstantSource clock;
    private final Duration longest;

    /**
     * Watches stacks, one after the other.
     *
     * @param longest after which the watching, not the operation, ends
     */
    public StackWatch(Stacks stacks, Pauses pauses, InstantSource clock, Duration longest) {
        this.stacks = stacks;
        this.pauses = pauses;
        this.clock = clock;
        this.longest = longest;
    }

    /** How the watching ended. */
    public enum End {
        DONE,
        GONE,
        FAILED,
        /** The time is over; the operation goes on. */
        TIMEOUT,
        /** The user left; the operation goes on. */
        LEFT
    }

    /**
     * The end, and what led to it.
     *
     * @param status of the stack, by its last event
     * @param cause of a failure
     */
    public record Outcome(End end, String status, Optional<StackEvent> cause) {}

    /**
     * Returns when the operation has ended, the time is over, or the user left.
     *
     * @param after the last event before the operation; empty for the operation that began last
     * @param news gets the events of the operation as they are seen, the oldest first, never an empty list
     */
    public Outcome watch(String id, Optional<String> after, Consumer<List<StackEvent>> news) throws CallFailure {
        Instant until = clock.instant().plus(longest);
        List<StackEvent> all = new ArrayList<>();
        Optional<String> last = after;
        while (true) {
            List<StackEvent> fresh = stacks.events(id, last);
            if (!fresh.isEmpty()) {
                all.addAll(fresh);
                last = Optional.of(fresh.getLast().id());
                news.accept(fresh);
            }
            Optional<StackEvent> end =
                    all.stream().filter(StackEvent::endsOperation).findFirst();
            if (end.isPresent()) {
                return ended(end.get().status(), all);
            }
            if (!clock.instant().isBefore(until)) {
                return new Outcome(End.TIMEOUT, status(all), FirstCause.among(all));
            }
            if (!pauses.pause(BETWEEN_LOOKS)) {
                return new Outcome(End.LEFT, status(all), FirstCause.among(all));
            }
        }
    }

    private static Outcome ended(String status, List<StackEvent> all) {
        return switch (StackPhase.of(status)) {
            case DONE -> new Outcome(End.DONE, status, Optional.empty());
            case GONE -> new Outcome(End.GONE, status, Optional.empty());
            case FAILED -> new Outcome(End.FAILED, status, FirstCause.among(all));
            case RUNNING -> throw new IllegalStateException(status + " ends no operation");
        };
    }

    private static String status(List<StackEvent> all) {
        return all.stream()
                .filter(StackEvent::ofStack)
                .reduce((_, later) -> later)
                .map(StackEvent::status)
                .orElse("not begun");
    }
}
