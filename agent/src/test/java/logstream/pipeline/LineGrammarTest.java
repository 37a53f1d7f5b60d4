package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Objects;
import logstream.pipeline.MultilineRule.Preset;
import logstream.pipeline.MultilineRule.Start;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** What the presets make of lines: in the golden files a line behind {@code >} begins a record, one behind {@code |} goes on. */
class LineGrammarTest {
    private static final int MARK = 2;

    @ParameterizedTest
    @EnumSource
    void tracesAreOneRecordEach(Preset preset) throws IOException {
        String expected = resource("multiline/" + preset.name().toLowerCase(Locale.ROOT) + ".txt");
        LineGrammar grammar = LineGrammar.of(preset);
        StringBuilder found = new StringBuilder();
        int state = LineGrammar.OTHER;
        for (String marked : expected.lines().toList()) {
            String line = marked.substring(MARK);
            int next = state == LineGrammar.OTHER ? LineGrammar.OTHER : grammar.next(state, line);
            found.append(next == LineGrammar.OTHER ? "> " : "| ").append(line).append('\n');
            state = next == LineGrammar.OTHER ? grammar.first(line) : next;
        }
        assertThat(found.toString()).isEqualTo(expected);
    }

    @Test
    void aRecordBeginsWhereTheExpressionMatchesTheBeginningOfALine() {
        LineGrammar grammar = LineGrammar.of(new Start("\\d{4}-"));
        int state = grammar.first("anything");
        assertThat(grammar.next(state, "2026-11-21 a record")).isEqualTo(LineGrammar.OTHER);
        assertThat(grammar.next(state, "since 2026-11-21 it goes on")).isEqualTo(state);
        assertThat(grammar.next(state, "")).isEqualTo(state);
    }

    @Test
    void whatIsNoExpressionIsNamed() {
        assertThatThrownBy(() -> LineGrammar.of(new Start("(a")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"(a\" is no regular expression: Unclosed group");
    }

    /** On a line of so many a it would take hours. */
    @Test
    @Timeout(20)
    void anExpressionThatTriesEverythingIsGivenUpOn() {
        Logger log = (Logger) LoggerFactory.getLogger(LineGrammar.class);
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        log.setLevel(Level.WARN);
        logged.start();
        log.addAppender(logged);
        try {
            LineGrammar grammar = LineGrammar.of(new Start("a*a*a*a*a*a*b"));
            assertThat(grammar.next(0, "a".repeat(200) + "!")).isEqualTo(LineGrammar.OTHER);
            assertThat(grammar.next(0, "!")).isZero();
        } finally {
            log.detachAppender(logged);
        }
        assertThat(logged.list).hasSize(1);
        assertThat(logged.list.getFirst().getFormattedMessage()).contains("record.multiline", "\"a*a*a*a*a*a*b\"");
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(LineGrammarTest.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
