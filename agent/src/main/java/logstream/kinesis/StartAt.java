package logstream.kinesis;

import java.time.Instant;

/** Where reading a stream begins. */
public sealed interface StartAt {
    /** At the oldest record that the stream still has. */
    record TrimHorizon() implements StartAt {}

    /** At what comes after now. */
    record Latest() implements StartAt {}

    /** At the first record that arrived then or later. */
    record Time(Instant instant) implements StartAt {}
}
