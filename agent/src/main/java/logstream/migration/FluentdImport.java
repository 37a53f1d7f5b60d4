package logstream.migration;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import logstream.migration.FluentdRecords.Found;

/**
 * Reads the chunk files that fluentd left in a folder into the buffer, once.
 *
 * <p>Invariant: a file gets its name of an imported one after all its records are durable, not before. A crash, or a stop,
 * between the two makes the records of this one file come again, under the same keys.
 *
 * <p>Threading: confined to one thread.
 */
public final class FluentdImport {
    /** How its owner sees and steers it. */
    public interface Course {
        /** Told again and again how far it is; false: it ends behind the file that it is at. */
        boolean goOn(ImportReport soFar);

        /**
         * There is no room. Waits a moment, and returns whether to look again.
         *
         * @param before how often it was asked since there was room
         */
        boolean awaitRoom(int before);
    }

    private static final long TELL_EVERY_BYTES = 1 << 20;

    private final Destination destination;
    private final Course course;

    public FluentdImport(Destination destination, Course course) {
        this.destination = destination;
        this.course = course;
    }

    /**
     * Imports what is there; empties nothing and deletes nothing.
     *
     * @throws IOException with a sentence for the operator when the folder cannot be used: nothing was imported
     */
    public ImportReport run(Path folder) throws IOException {
        List<FluentdChunk> chunks = list(folder);
        if (destination.keeps() && !chunks.isEmpty() && !Files.isWritable(folder)) {
            throw new IOException(
                    folder + " cannot be written to by " + System.getProperty("user.name")
                            + ": imported files are renamed there, so that none is imported twice; allow that, or import a copy");
        }
        long total = 0;
        for (FluentdChunk chunk : chunks) {
            total += chunk.path().toFile().length();
        }
        ImportReport report = new ImportReport(chunks.size(), total);
        try {
            for (FluentdChunk chunk : chunks) {
                if (!course.goOn(report)) {
                    throw new ImportStoppedException("it was told to end");
                }
                importOne(chunk, report);
            }
        } catch (ImportStoppedException e) {
            report.stopped(String.valueOf(e.getMessage()));
        }
        return report;
    }

    private static List<FluentdChunk> list(Path folder) throws IOException {
        try {
            return FluentdChunk.list(folder);
        } catch (AccessDeniedException e) {
            throw new IOException(
                    folder + " cannot be read by " + System.getProperty("user.name") + "; allow that, or import a copy",
                    e);
        }
    }

    private void importOne(FluentdChunk chunk, ImportReport report) throws ImportStoppedException {
        String name = String.valueOf(chunk.path().getFileName());
        Taken taken;
        try (FluentdRecords records = new FluentdRecords(chunk)) {
            awaitRoom(name, () -> destination.hasRoomFor(records.size()));
            taken = takeAll(name, records, report);
            if (taken.count == 0 && records.size() > 0) {
                String why = taken.any
                        ? "none of its records can be imported"
                        : "no record of fluentd's Kinesis plugin is in it";
                leave(name, records.size(), why, report);
                return;
            }
            awaitRoom(name, destination::settle);
            if (records.hasChanged()) {
                throw new ImportStoppedException(
                        name + " has changed while it was read: fluentd still runs. Stop it, and import again; the"
                                + " records of this file then come a second time, under the same keys");
            }
        } catch (NoSuchFileException e) {
            throw new ImportStoppedException(name + " has gone: fluentd still runs. Stop it, and import again", e);
        } catch (IOException e) {
            leave(name, 0, "it cannot be read (" + e + ")", report);
            return;
        }
        if (destination.keeps()) {
            rename(chunk, name);
        }
        report.fileDone(taken.count, taken.bytes);
    }

    private static void leave(String name, long size, String why, ImportReport report) {
        report.problem(new Problem(name, 0, size, Problem.Kind.FILE_LEFT, why));
    }

    private static void rename(FluentdChunk chunk, String name) throws ImportStoppedException {
        try {
            chunk.markImported();
        } catch (IOException e) {
            throw new ImportStoppedException(
                    name + " is imported, but cannot be renamed (" + e + "): rename it to " + chunk.importedName()
                            + " yourself, else its records come a second time, under the same keys",
                    e);
        }
    }

    /** What was found in one file. */
    private static final class Taken {
        private boolean any;
        private long count;
        private long bytes;
    }

    /** Of a file in which there is no record at all, fit or unfit, no damage is told. */
    private Taken takeAll(String name, FluentdRecords records, ImportReport report)
            throws IOException, ImportStoppedException {
        Taken taken = new Taken();
        List<Problem> early = new ArrayList<>();
        for (Optional<Found> next = next(records, report); next.isPresent(); next = next(records, report)) {
            Found found = next.get();
            if (!taken.any && found instanceof Found.Bad(Problem bad) && bad.kind() == Problem.Kind.DAMAGED) {
                early.add(bad);
                continue;
            }
            taken.any = true;
            early.forEach(report::problem);
            early.clear();
            switch (found) {
                case Found.Bad(Problem problem) -> report.problem(problem);
                case Found.Whole record -> {
                    awaitRoom(name, () -> destination.take(record));
                    taken.count++;
                    taken.bytes += record.data().length;
                }
            }
        }
        return taken;
    }

    private Optional<Found> next(FluentdRecords records, ImportReport report) throws IOException {
        long before = records.position();
        Optional<Found> next = records.next();
        report.read(records.position() - before);
        if (before / TELL_EVERY_BYTES != records.position() / TELL_EVERY_BYTES) {
            // A file is not left in its middle: it would have to come again.
            boolean _ = course.goOn(report);
        }
        return next;
    }

    private interface Attempt {
        boolean succeeds() throws ImportStoppedException;
    }

    private void awaitRoom(String name, Attempt attempt) throws ImportStoppedException {
        for (int before = 0; !attempt.succeeds(); before++) {
            if (!course.awaitRoom(before)) {
                throw new ImportStoppedException("the buffer, of which an import leaves a quarter to senders, has no"
                        + " room for " + name + ". Let the agent ship what waits, or set buffer.max_chunks higher, and"
                        + " import again: it goes on with this file");
            }
        }
    }
}
