package logstream.forward;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.MalformedCause;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class FaultsTest {
    private static final Pattern NOT_LOGGED = Pattern.compile("not_logged_before=(\\d+)");

    @Test
    void aMillionBadMessagesOfManyPeersAreOneLineInAnIntervalAndNoneIsUncounted() throws Exception {
        AtomicLong nanos = new AtomicLong();
        Metrics metrics = new Metrics();
        Faults faults = new Faults(metrics, nanos::get);
        Logger logger = (Logger) LoggerFactory.getLogger(Faults.class);
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.start();
        Level before = logger.getLevel();
        logger.setLevel(Level.WARN);
        logger.setAdditive(false);
        logger.addAppender(logged);
        int messages = 1_000_000;
        try {
            for (int number = 0; number < messages; number++) {
                nanos.addAndGet(60_000); // a minute in all
                faults.malformed(MalformedCause.NOT_A_MESSAGE, "10.0.0." + number % 255 + ":" + number % 65_536, "a");
            }
            nanos.addAndGet(ForwardLimits.LOG_INTERVAL.toNanos());
            faults.malformed(MalformedCause.NOT_A_MESSAGE, "10.1.1.1:1", "the last");
        } finally {
            logger.detachAppender(logged);
            logger.setAdditive(true);
            logger.setLevel(before);
        }

        long intervals = Duration.ofMinutes(1).dividedBy(ForwardLimits.LOG_INTERVAL);
        assertThat(logged.list).hasSizeBetween(2, (int) intervals + 2);
        long notLogged = logged.list.stream()
                .map(event -> NOT_LOGGED.matcher(event.getFormattedMessage()))
                .filter(Matcher::find)
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .sum();
        assertThat(notLogged + logged.list.size()).isEqualTo(messages + 1);
        assertThat(metrics.malformed(MalformedCause.NOT_A_MESSAGE).sum()).isEqualTo(messages + 1);
    }
}
