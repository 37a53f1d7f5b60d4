package logstream.deploy.stacks;

import java.time.Duration;

/** Waits between two looks at something; tests let the time pass themselves. */
@FunctionalInterface
public interface Pauses {
    /** Returns when the time has passed, or at once with {@code false} when the user wants to leave. */
    boolean pause(Duration time);
}
