package logstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import logstream.buffer.Buffer;
import logstream.control.ControlAction;
import logstream.control.RefusedException;
import logstream.metrics.Metrics;
import logstream.migration.FluentdImport;
import logstream.migration.ImportReport;
import logstream.migration.IntoBuffer;
import logstream.migration.Problem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The command {@code buffer import}, as a running agent does it.
 *
 * <p>Request: {@code dir}, an absolute path. Progress and answer: see {@link ImportReport}. Whoever asked goes away: it
 * ends behind the file that it is at.
 *
 * <p>Threading: as {@link ControlAction} says; one import at a time.
 */
final class ImportAction implements ControlAction {
    private static final Logger LOG = LoggerFactory.getLogger(ImportAction.class);
    private static final Set<String> PARTS = Set.of("command", "dir");

    /** Shipping makes room; when it makes none for a minute, it will not for some time. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private static final int MOST_LOOKS = 600;

    private final Buffer buffer;
    private final Metrics metrics;
    private final AtomicBoolean underWay = new AtomicBoolean();

    ImportAction(Buffer buffer, Metrics metrics) {
        this.buffer = buffer;
        this.metrics = metrics;
    }

    @Override
    public ObjectNode run(ObjectNode request, Progress progress) throws RefusedException {
        Path folder = folder(request);
        if (!underWay.compareAndSet(false, true)) {
            throw new RefusedException("an import is under way already; wait for its end");
        }
        try {
            ImportReport report =
                    new FluentdImport(new IntoBuffer(buffer, metrics), new ToldCourse(progress)).run(folder);
            log(folder, report);
            return report.json();
        } catch (IOException e) {
            throw new RefusedException(e.getMessage()
                    + ". The agent itself reads it: with its user, and where it runs in a container, inside of that");
        } finally {
            underWay.set(false);
        }
    }

    private static void log(Path folder, ImportReport report) {
        for (Problem problem : report.problems()) {
            LOG.warn(
                    "Not imported: file={} from={} to={}: {}",
                    problem.file(),
                    problem.from(),
                    problem.to(),
                    problem.what());
        }
        report.stopped().ifPresent(why -> LOG.warn("The import of {} stopped: {}", folder, why));
        LOG.info("Imported: folder={} files={} records={}", folder, report.files(), report.records());
    }

    private static Path folder(ObjectNode request) throws RefusedException {
        for (String part : request.propertyStream().map(each -> each.getKey()).toList()) {
            if (!PARTS.contains(part)) {
                throw new RefusedException("there is no '" + part + "' in a request to import");
            }
        }
        JsonNode dir = request.path("dir");
        try {
            Path folder = Path.of(dir.asText());
            if (folder.isAbsolute()) {
                return folder;
            }
        } catch (InvalidPathException _) {
            // Said below.
        }
        throw new RefusedException("'" + dir.asText() + "' is no absolute path of a folder");
    }

    private static final class ToldCourse implements FluentdImport.Course {
        private final Progress progress;
        private boolean heard = true;
        private ObjectNode last = JsonNodeFactory.instance.objectNode();

        ToldCourse(Progress progress) {
            this.progress = progress;
        }

        @Override
        public boolean goOn(ImportReport soFar) {
            last = soFar.progress();
            heard = heard && progress.tell(last);
            return heard;
        }

        @Override
        public boolean awaitRoom(int before) {
            heard = heard && progress.tell(last);
            if (!heard || before >= MOST_LOOKS) {
                return false;
            }
            LockSupport.parkNanos(this, LOOK_AGAIN.toNanos());
            return true;
        }
    }
}
