package logstream.monitor;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.slf4j.LoggerFactory;

/**
 * The agent's last warnings and errors, each kind once with how often it came: what its log says, for those who see the
 * page and not the log. Messages say what to do, and never hold a line or a secret.
 *
 * <p>Threading: any thread; guarded by {@code this}.
 */
final class RecentProblems implements AutoCloseable {
    static final int MOST = 20;

    /** Characters of a message that are kept. */
    static final int MOST_TEXT = 600;

    private final Deque<Problem> problems = new ArrayDeque<>();
    private final Listener listener = new Listener();

    /**
     * @param level warn or error
     * @param from the class that said it
     * @param form what is the same in all messages of its kind
     * @param text as it was said last
     * @param last when that was
     */
    record Problem(String level, String from, String form, String text, Instant last, long times) {}

    private final class Listener extends AppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
                String name = event.getLoggerName();
                add(
                        event.getLevel().toString().toLowerCase(Locale.ROOT),
                        name.substring(name.lastIndexOf('.') + 1),
                        event.getMessage(),
                        event.getFormattedMessage(),
                        event.getInstant());
            }
        }
    }

    /** Begins to listen. */
    void start() {
        if (LoggerFactory.getLogger("logstream") instanceof Logger logger) {
            listener.setContext(logger.getLoggerContext());
            listener.start();
            logger.addAppender(listener);
        }
    }

    synchronized void add(String level, String from, String form, String text, Instant at) {
        long times = 1;
        for (Iterator<Problem> each = problems.iterator(); each.hasNext(); ) {
            Problem known = each.next();
            if (known.from.equals(from) && known.form.equals(form)) {
                times += known.times;
                each.remove();
            }
        }
        String bounded = text.length() <= MOST_TEXT ? text : text.substring(0, MOST_TEXT) + " ...";
        problems.addFirst(new Problem(level, from, form, bounded, at, times));
        if (problems.size() > MOST) {
            problems.removeLast();
        }
    }

    /** The newest first. */
    synchronized List<Problem> newest() {
        return List.copyOf(problems);
    }

    @Override
    public void close() {
        if (LoggerFactory.getLogger("logstream") instanceof Logger logger) {
            logger.detachAppender(listener);
        }
        listener.stop();
    }
}
