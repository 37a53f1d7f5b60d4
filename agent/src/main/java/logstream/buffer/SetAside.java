package logstream.buffer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Why, when and up to where a whole chunk lies among the dead letters: the file {@code <chunk>.reason} beside it, UTF-8
 * lines {@code name=value}.
 *
 * @param cause in one word, as the metrics page has it
 * @param confirmedEnd bytes of the chunk from there on are not to be read
 * @param endOrdinal frames from there on were written again elsewhere
 * @param releasedOrdinal frames below were delivered, or replayed
 */
record SetAside(Instant time, String cause, String reason, long confirmedEnd, long endOrdinal, long releasedOrdinal) {
    static final String SUFFIX = ".reason";

    /** More than any that we write. */
    private static final int MAX_BYTES = 64 << 10;

    static Path of(Path chunk) {
        return chunk.resolveSibling(chunk.getFileName() + SUFFIX);
    }

    String text() {
        return "time=" + time + "\ncause=" + cause + "\nreason=" + reason.replaceAll("\\R", " ") + "\nconfirmedEnd="
                + confirmedEnd + "\nendOrdinal=" + endOrdinal + "\nreleasedOrdinal=" + releasedOrdinal + "\n";
    }

    /** Empty when there is none, or none that makes sense. */
    static Optional<SetAside> read(Path chunk) throws IOException {
        try (InputStream in = Files.newInputStream(of(chunk))) {
            return parse(new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }

    static Optional<SetAside> parse(String text) {
        Map<String, String> values = new HashMap<>();
        for (String line : text.lines().toList()) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        try {
            return Optional.of(new SetAside(
                    Instant.parse(values.getOrDefault("time", "")),
                    values.getOrDefault("cause", ""),
                    values.getOrDefault("reason", ""),
                    Long.parseLong(values.getOrDefault("confirmedEnd", "")),
                    Long.parseLong(values.getOrDefault("endOrdinal", "")),
                    Long.parseLong(values.getOrDefault("releasedOrdinal", ""))));
        } catch (DateTimeException | NumberFormatException _) {
            return Optional.empty();
        }
    }

    SetAside releasedUpTo(long ordinal) {
        return new SetAside(time, cause, reason, confirmedEnd, endOrdinal, ordinal);
    }
}
