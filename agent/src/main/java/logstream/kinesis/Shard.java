package logstream.kinesis;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where the reading of one shard stands. Confined to the thread that polls. */
final class Shard {
    /** From where an iterator is asked for when there is none. */
    sealed interface Place {
        record Start(StartAt startAt) implements Place {}

        record After(String sequenceNumber) implements Place {}
    }

    final String id;
    final Set<String> parents;
    Place place;

    /** Null: to be asked for. Valid for five minutes. */
    @Nullable
    String iterator;

    /** Read to its end, or gone from the stream: its children's turn. */
    boolean finished;

    /** Whether its last read found nothing left. */
    boolean atTip;

    /** About up to when it was read, by the arrival of its records; never falls. */
    Instant reached = Instant.MIN;

    /** Calls in a row that failed or were throttled. */
    int failures;

    /** Nanoseconds of the reader's clock before which it is left alone; means nothing unless {@code failures > 0}. */
    long retryAt;

    /** A shard that came into being while its parents were read. */
    static Shard fromItsBeginning(String id, Set<String> parents) {
        return new Shard(id, parents, new Place.Start(new StartAt.TrimHorizon()));
    }

    Shard(String id, Set<String> parents, Place place) {
        this.id = id;
        this.parents = parents;
        this.place = place;
    }

    void reached(Instant time) {
        if (time.isAfter(reached)) {
            reached = time;
        }
    }
}
