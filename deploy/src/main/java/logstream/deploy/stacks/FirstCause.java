package logstream.deploy.stacks;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds, among the events of an operation, what went wrong first. The others only follow from it: CloudFormation cancels
 * what it was doing beside it, and then says of the stack that something failed.
 */
public final class FirstCause {
    private FirstCause() {}

    /**
     * The event that says what went wrong first.
     *
     * @param events of one operation, the oldest first
     */
    public static Optional<StackEvent> among(List<StackEvent> events) {
        Optional<StackEvent> ofResource = events.stream()
                .filter(event -> event.failed() && !event.ofStack() && !isCancelled(event))
                .findFirst();
        // Some operations fail before any resource is touched: an export in use, a condition that cannot be met.
        return ofResource.or(() -> events.stream()
                .filter(event -> event.ofStack()
                        && !event.reason().isEmpty()
                        && (event.failed() || event.status().endsWith("ROLLBACK_IN_PROGRESS")))
                .findFirst());
    }

    private static boolean isCancelled(StackEvent event) {
        return event.reason().toLowerCase(Locale.ROOT).matches("resource (creation|update|deletion) cancelled\\.?");
    }
}
