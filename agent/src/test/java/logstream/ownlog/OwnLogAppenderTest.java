package logstream.ownlog;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import logstream.Symptom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OwnLogAppenderTest {
    private static final Pattern LEFT_OUT =
            Pattern.compile("(?m)^\\S+ \\S+ +\\S+ (\\d+) more like this were not logged: ");
    private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z ";

    private final AtomicLong nanos = new AtomicLong();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final LoggerContext context = new LoggerContext();
    private final OwnLogAppender appender = new OwnLogAppender(nanos::get, Optional.of(out));
    private final Logger log = context.getLogger("logstream.forward.Faults");

    @BeforeEach
    void start() {
        appender.setContext(context);
        appender.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.DEBUG);
        root.addAppender(appender);
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private long toldLeftOut() {
        return LEFT_OUT.matcher(out.toString(StandardCharsets.UTF_8))
                .results()
                .mapToLong((MatchResult told) -> Long.parseLong(told.group(1)))
                .sum();
    }

    @Test
    void aMillionBadMessagesOfManyPeersAreABoundedNumberOfLinesAndNoneIsUncounted() {
        int messages = 1_000_000;
        for (int number = 0; number < messages; number++) {
            nanos.set(number * 60_000L); // a minute in all
            log.warn("A sender sent a bad message: peer={}", "10.0." + (number / 256) % 256 + "." + number % 256);
        }
        context.stop();

        long told = toldLeftOut();
        long written = lines().stream()
                .filter(line -> line.contains("bad message: peer=10."))
                .count();
        assertThat(written + told).isEqualTo(messages);
        assertThat(written).isEqualTo(6L * Repeats.MOST_LINES);
        assertThat(lines()).hasSizeLessThanOrEqualTo(6 * (Repeats.MOST_LINES + 2));
    }

    @Test
    void ofMoreKindsThanThereAreTheRestCountsAsOne() {
        int kinds = 10_000;
        for (int kind = 0; kind < kinds; kind++) {
            log.warn("library text with number " + kind);
        }
        context.stop();

        assertThat(lines()).hasSizeLessThanOrEqualTo(Repeats.MOST_KINDS + Repeats.MOST_LINES + 1);
        long written = lines().stream()
                .filter(line -> line.contains("Faults library text"))
                .count();
        assertThat(written + toldLeftOut()).isEqualTo(kinds);
    }

    @Test
    void kindsThatAreOverMakeRoomForOthers() {
        for (int round = 1; round <= 3; round++) {
            for (int kind = 0; kind < Repeats.MOST_KINDS; kind++) {
                log.warn("round " + round + " kind " + kind);
            }
            assertThat(lines()).hasSize(round * Repeats.MOST_KINDS);
            nanos.addAndGet(Repeats.INTERVAL.toNanos());
        }
    }

    @Test
    @Symptom("The log says `more like this were not logged`")
    void afterTheIntervalTheNextLineTellsHowManyWereLeftOut() {
        for (int number = 0; number < Repeats.MOST_LINES + 5; number++) {
            log.warn("bad {}", number);
        }
        assertThat(lines()).hasSize(Repeats.MOST_LINES);
        nanos.addAndGet(Repeats.INTERVAL.toNanos());
        log.warn("bad {}", "again");

        assertThat(lines()).hasSize(Repeats.MOST_LINES + 2);
        assertThat(lines().get(Repeats.MOST_LINES))
                .matches(TIME + "WARN  Faults 5 more like this were not logged: \"bad \\{}\"");
        assertThat(lines().getLast()).matches(TIME + "WARN  Faults bad again");
    }

    @Test
    void oneKindDoesNotSilenceAnother() {
        for (int number = 0; number < 1_000; number++) {
            log.warn("bad {}", number);
        }
        log.error("bad {}", "worse");
        log.warn("other");
        assertThat(lines().getLast()).endsWith("WARN  Faults other");
        assertThat(lines().get(lines().size() - 2)).endsWith("ERROR Faults bad worse");
    }

    @Test
    void nothingThatWasFilledInMakesALineOfItsOwn() {
        log.error("tag {}", "a\nb\r\u0000\u001b[31mc", new IllegalStateException("first\nERROR forged"));

        assertThat(lines().getFirst()).matches(TIME + "ERROR Faults tag a b \\[31mc");
        assertThat(lines().subList(1, lines().size()))
                .hasSizeGreaterThan(3)
                .allMatch(line -> line.startsWith("\t"))
                .contains("\tERROR forged");
    }

    @Test
    void aLineOfJsonIsAnObjectWithWhatThereIs() throws Exception {
        appender.take(new OwnLogConfig(OwnLogConfig.Format.JSON, OwnLogConfig.Level.INFO));
        log.error("tag \"{}\"", "a\nb\u00e4", new IllegalStateException("why"));
        log.debug("not this");
        log.info("plain");

        assertThat(lines()).hasSize(2);
        ObjectMapper mapper = new ObjectMapper();
        JsonNode first = mapper.readTree(lines().getFirst());
        assertThat(first.fieldNames()).toIterable().containsExactly("time", "level", "logger", "message", "trace");
        assertThat(first.path("level").asText()).isEqualTo("ERROR");
        assertThat(first.path("logger").asText()).isEqualTo("logstream.forward.Faults");
        assertThat(first.path("message").asText()).isEqualTo("tag \"a b\u00e4\"");
        assertThat(first.path("trace").asText()).startsWith("java.lang.IllegalStateException: why");
        assertThat(first.path("time").asText()).matches(TIME.strip());
        assertThat(mapper.readTree(lines().getLast()).has("trace")).isFalse();
    }

    @Test
    void aLineIsBoundedAndSaysSo() {
        appender.take(new OwnLogConfig(OwnLogConfig.Format.JSON, OwnLogConfig.Level.INFO));
        log.error("{}", "x".repeat(100_000), new IllegalStateException("y".repeat(100_000)));
        assertThat(lines()).hasSize(1);
        assertThat(lines().getFirst())
                .hasSizeLessThan(16 << 10)
                .contains("x ... (" + (100_000 - LineForm.MOST_MESSAGE) + " more characters)");
    }

    @Test
    void aLevelLeavesOutWhatIsBelowIt() {
        appender.take(new OwnLogConfig(OwnLogConfig.Format.TEXT, OwnLogConfig.Level.ERROR));
        log.warn("not this");
        log.error("this");
        assertThat(lines()).hasSize(1).first().asString().endsWith("this");
    }
}
