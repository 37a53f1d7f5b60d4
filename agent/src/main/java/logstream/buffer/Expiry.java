package logstream.buffer;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Which files are too old, by a wall clock that is not believed at once: only a file that was found too old an hour ago,
 * by the monotonic clock, is. So a clock that jumps ahead and is set right within the hour costs nothing.
 *
 * <p>Threading: confined to the monitor of the dead letters.
 */
final class Expiry {
    static final Duration BELIEVED_AFTER = Duration.ofHours(1);

    private Duration age;
    private final Sources sources;
    private final Map<Path, Long> tooOldSince = new HashMap<>();

    Expiry(Duration age, Sources sources) {
        this.age = age;
        this.sources = sources;
    }

    void age(Duration newAge) {
        age = newAge;
    }

    boolean isOver(Path file, Instant came) {
        if (!came.isBefore(sources.clock().instant().minus(age))) {
            tooOldSince.remove(file);
            return false;
        }
        long now = sources.nanoTime().getAsLong();
        Long since = tooOldSince.putIfAbsent(file, now);
        return since != null && now - since >= BELIEVED_AFTER.toNanos();
    }

    /** Only these files are still there. */
    void retain(Collection<Path> files) {
        tooOldSince.keySet().retainAll(files);
    }
}
