package logstream.buffer;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters are meant: those for which every part that is given holds. A chunk that was set aside is meant as a
 * whole.
 *
 * @param file name of the file in the folder; null: any
 * @param match part of the cause or of the reason, in any case; null: any
 * @param before given up on before; null: at any time
 * @param since given up on at this time or later; null: at any time
 */
public record DeadLetterSelection(
        @Nullable String file,
        @Nullable String match,
        @Nullable Instant before,
        @Nullable Instant since) {
    public static final DeadLetterSelection ALL = new DeadLetterSelection(null, null, null, null);

    /** Whether nothing can be left of a file that is meant. */
    boolean isWholeFiles() {
        return match == null && before == null && since == null;
    }

    /** Whether anything in a file of this name may be meant. */
    public boolean wants(DeadLetterFile wanted) {
        return file == null || file.equals(wanted.name());
    }

    public boolean wants(DeadLetter letter) {
        return wants(letter.time(), letter.cause(), letter.reason());
    }

    public boolean wants(DeadLetterFile.WholeChunk chunk) {
        return wants((DeadLetterFile) chunk) && wants(chunk.came(), chunk.cause(), chunk.reason());
    }

    private boolean wants(Instant time, String cause, String reason) {
        return (match == null || contains(cause, match) || contains(reason, match))
                && (before == null || time.isBefore(before))
                && (since == null || !time.isBefore(since));
    }

    private static boolean contains(String text, String part) {
        return text.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
    }
}
