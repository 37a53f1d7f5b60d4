package logstream.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import logstream.buffer.DeadLetter;
import logstream.buffer.DeadLetterFile;
import logstream.buffer.LetterReader;

/** What {@code dead-letters ls} prints: a row for each file, the oldest first. */
final class DeadLetterListing {
    private static final int MOST_CAUSES = 8;

    /**
     * A file.
     *
     * @param kind records, chunk or other
     * @param from time of the oldest record in it
     * @param to time of the newest
     * @param causes in one word each
     * @param reason of the newest
     * @param damagedBytes that cannot be read
     */
    private record Row(
            String file,
            String kind,
            long records,
            long bytes,
            Instant from,
            Instant to,
            Set<String> causes,
            String reason,
            long damagedBytes) {}

    private final Path folder;
    private final List<Row> rows = new ArrayList<>();

    private DeadLetterListing(Path folder) {
        this.folder = folder;
    }

    static DeadLetterListing of(Path folder) throws Failure {
        DeadLetterListing listing = new DeadLetterListing(folder);
        for (DeadLetterFile file : DeadLetterCount.list(folder)) {
            row(file).ifPresent(listing.rows::add);
        }
        return listing;
    }

    /** Empty when the file is gone meanwhile. */
    private static Optional<Row> row(DeadLetterFile file) throws Failure {
        try {
            return Optional.of(read(file));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException unreadable) {
            throw FolderChoice.unreadable(unreadable);
        }
    }

    private static Row read(DeadLetterFile file) throws IOException {
        return switch (file) {
            case DeadLetterFile.Letters letters -> read(letters);
            case DeadLetterFile.WholeChunk chunk ->
                new Row(
                        chunk.name(),
                        "chunk",
                        DeadLetterCount.records(chunk),
                        chunk.bytes(),
                        chunk.came(),
                        chunk.came(),
                        Set.of(chunk.cause().isEmpty() ? "unknown" : chunk.cause()),
                        chunk.reason(),
                        0);
            case DeadLetterFile.Other other ->
                new Row(
                        other.name(),
                        "other",
                        0,
                        other.bytes(),
                        other.came(),
                        other.came(),
                        Set.of(),
                        "not read: " + other.why(),
                        0);
        };
    }

    private static Row read(DeadLetterFile.Letters file) throws IOException {
        long records = 0;
        Instant from = file.came();
        Instant to = Instant.EPOCH;
        Set<String> causes = new TreeSet<>();
        String reason = "";
        try (LetterReader reader = LetterReader.open(file.path())) {
            for (DeadLetter letter = reader.next(); letter != null; letter = reader.next()) {
                records++;
                from = letter.time().isBefore(from) ? letter.time() : from;
                if (!letter.time().isBefore(to)) {
                    to = letter.time();
                    reason = letter.reason();
                }
                if (causes.size() < MOST_CAUSES) {
                    causes.add(letter.cause());
                }
            }
            return new Row(
                    file.name(),
                    "records",
                    records,
                    file.bytes(),
                    from,
                    records == 0 ? from : to,
                    causes,
                    reason,
                    reader.damagedBytes());
        }
    }

    void print(PrintWriter out) {
        if (rows.isEmpty()) {
            out.println("no dead letters in " + folder);
            out.flush();
            return;
        }
        Table table = new Table(
                List.of("FILE", "KIND", "RECORDS", "BYTES", "OLDEST", "NEWEST", "CAUSE", "REASON OF THE NEWEST"),
                Set.of("RECORDS", "BYTES"));
        long records = 0;
        long bytes = 0;
        long damaged = 0;
        for (Row row : rows) {
            records += row.records;
            bytes += row.bytes;
            damaged += row.damagedBytes;
            table.add(
                    TerminalText.safe(row.file),
                    row.kind,
                    Amounts.count(row.records),
                    Amounts.size(row.bytes),
                    seconds(row.from),
                    seconds(row.to),
                    row.causes.isEmpty() ? "-" : String.join(",", row.causes),
                    TerminalText.safe(row.reason));
        }
        table.print(out);
        out.println();
        out.println(Amounts.of(records, "record") + ", " + Amounts.of(rows.size(), "file") + ", " + Amounts.size(bytes)
                + (damaged == 0 ? "" : "; " + Amounts.size(damaged) + " do not check and cannot be read"));
        out.flush();
    }

    void json(PrintWriter to) throws IOException {
        JsonOutput.line(to, out -> {
            out.writeStringField("folder", folder.toString());
            out.writeArrayFieldStart("files");
            for (Row row : rows) {
                write(out, row);
            }
            out.writeEndArray();
        });
    }

    private static void write(JsonGenerator out, Row row) throws IOException {
        out.writeStartObject();
        out.writeStringField("file", row.file);
        out.writeStringField("kind", row.kind);
        out.writeNumberField("records", row.records);
        out.writeNumberField("bytes", row.bytes);
        out.writeStringField("oldest", row.from.toString());
        out.writeStringField("newest", row.to.toString());
        out.writeArrayFieldStart("causes");
        for (String cause : row.causes) {
            out.writeString(cause);
        }
        out.writeEndArray();
        out.writeStringField("reason", row.reason);
        out.writeNumberField("damaged_bytes", row.damagedBytes);
        out.writeEndObject();
    }

    private static String seconds(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
