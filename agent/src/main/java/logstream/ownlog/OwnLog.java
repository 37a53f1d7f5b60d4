package logstream.ownlog;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import java.util.Iterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of this process.
 *
 * <p>Threading: any thread.
 */
public final class OwnLog {
    /** The AWS SDK tells what it sends below this level. */
    private static final Level LIBRARIES_AT_LEAST = Level.INFO;

    private static final Level SDK_AT_LEAST = Level.WARN;

    private OwnLog() {}

    /** From now on it is written in this way. Libraries never say more than by default. */
    public static void take(OwnLogConfig config) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            Level level = Level.toLevel(config.level().name());
            // The status page shows warnings, whatever the log leaves out.
            context.getLogger("logstream").setLevel(level.isGreaterOrEqual(Level.WARN) ? Level.WARN : level);
            ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
            root.setLevel(higher(level, LIBRARIES_AT_LEAST));
            context.getLogger("software.amazon.awssdk").setLevel(higher(level, SDK_AT_LEAST));
            for (Iterator<Appender<ILoggingEvent>> each = root.iteratorForAppenders(); each.hasNext(); ) {
                if (each.next() instanceof OwnLogAppender appender) {
                    appender.take(config);
                }
            }
        }
    }

    /** Nothing is logged any more. What was left out is told. */
    public static void end() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.stop();
        }
    }

    private static Level higher(Level one, Level other) {
        return one.isGreaterOrEqual(other) ? one : other;
    }
}
