package logstream.buffer;

import java.nio.file.Path;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * One file of the folder {@code dead-letters}, or a chunk and the file with its reason. Looking changes nothing; it may be
 * done beside a running agent.
 */
public sealed interface DeadLetterFile {
    Path path();

    /** Bytes on disk, the reason's file included. */
    long bytes();

    /** When it came, or was last added to. */
    Instant came();

    default String name() {
        return path().getFileName().toString();
    }

    /** Single records. */
    record Letters(Path path, long bytes, Instant came) implements DeadLetterFile {}

    /**
     * A chunk that was set aside as a whole.
     *
     * @param cause in one word, and the reason in a sentence; empty when the file with the reason is missing
     * @param releasedOrdinal frames below were delivered, or replayed
     * @param endOrdinal frames from there on were written again elsewhere; {@link Long#MAX_VALUE} when that is not known
     * @param end bytes from there on are not to be read
     */
    record WholeChunk(
            Path path,
            long bytes,
            Instant came,
            String cause,
            String reason,
            long identity,
            long sequence,
            long releasedOrdinal,
            long endOrdinal,
            long end)
            implements DeadLetterFile {
        /** How many records are in it, damaged ones included; empty when that is not known without reading it. */
        public OptionalLong records() {
            return endOrdinal == Long.MAX_VALUE
                    ? OptionalLong.empty()
                    : OptionalLong.of(Math.max(0, endOrdinal - releasedOrdinal));
        }
    }

    /** Something else, and why it is not read. */
    record Other(Path path, long bytes, Instant came, String why) implements DeadLetterFile {}
}
