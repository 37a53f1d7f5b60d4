package logstream.migration;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What an import did, so far or in the end.
 *
 * <p>Invariant: at most {@link #MOST_PROBLEMS} problems are named; all are counted.
 *
 * <p>Threading: confined to the thread that imports.
 */
public final class ImportReport {
    /** What fits into an answer of the agent, with the longest names that files can have. */
    static final int MOST_PROBLEMS = 50;

    private final long totalBytes;
    private long readBytes;
    private long files;
    private long records;
    private long bytes;
    private long unfit;
    private long damaged;
    private long damagedBytes;
    private long filesBad;
    private long filesWaiting;
    private final List<Problem> problems = new ArrayList<>();
    private Optional<String> stopped = Optional.empty();

    ImportReport(long files, long totalBytes) {
        this.filesWaiting = files;
        this.totalBytes = totalBytes;
    }

    void read(long more) {
        readBytes += more;
    }

    void fileDone(long itsRecords, long itsBytes) {
        records += itsRecords;
        bytes += itsBytes;
        files++;
        filesWaiting--;
    }

    void problem(Problem problem) {
        switch (problem.kind()) {
            case UNFIT -> unfit++;
            case DAMAGED -> {
                damaged++;
                damagedBytes += problem.to() - problem.from();
            }
            case FILE_LEFT -> {
                filesBad++;
                filesWaiting--;
            }
        }
        if (problems.size() < MOST_PROBLEMS) {
            problems.add(problem);
        }
    }

    void stopped(String sentence) {
        stopped = Optional.of(sentence);
    }

    /** Files imported as a whole, but for their problems. */
    public long files() {
        return files;
    }

    /** Records of those files. Of a file at which it stopped, more may be in the buffer, which will come again. */
    public long records() {
        return records;
    }

    /** Why it ended before all files were looked at; empty when it did not. */
    public Optional<String> stopped() {
        return stopped;
    }

    /** The first problems, in the order of the files. */
    public List<Problem> problems() {
        return List.copyOf(problems);
    }

    /** How far it is: {@code records}, and bytes that were {@code read} of the {@code total}. */
    public ObjectNode progress() {
        return JsonNodeFactory.instance
                .objectNode()
                .put("records", records)
                .put("read", readBytes)
                .put("total", totalBytes);
    }

    /**
     * All of it: {@code records}, {@code bytes} (of their data), {@code files}, {@code unfit}, {@code damaged} (places),
     * {@code damaged_bytes}, {@code files_bad} (left as they are), {@code files_waiting} (not yet imported), {@code
     * stopped} (why, when it did not come to the end), {@code problems} ({@code file}, {@code from}, {@code to}, {@code
     * kind}, {@code what}).
     */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("records", records)
                .put("bytes", bytes)
                .put("files", files)
                .put("unfit", unfit)
                .put("damaged", damaged)
                .put("damaged_bytes", damagedBytes)
                .put("files_bad", filesBad)
                .put("files_waiting", filesWaiting);
        stopped.ifPresent(sentence -> json.put("stopped", sentence));
        ArrayNode array = json.putArray("problems");
        for (Problem problem : problems) {
            array.addObject()
                    .put("file", problem.file())
                    .put("from", problem.from())
                    .put("to", problem.to())
                    .put("kind", problem.kind().name().toLowerCase(Locale.ROOT))
                    .put("what", problem.what());
        }
        return json;
    }
}
