package logstream.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import logstream.monitor.LineFilter.WrongFilterException;
import logstream.tail.LogRecord;
import org.junit.jupiter.api.Test;

class LineFilterTest {
    private static final LogRecord LINE = new LogRecord("t", "web-1", "stdout", "grid.web", "GET /a 200");

    private static LineFilter filter(Map<String, String> parameters) throws WrongFilterException {
        return LineFilter.of(name -> Optional.ofNullable(parameters.get(name)));
    }

    @Test
    void allMustHold() throws Exception {
        assertThat(filter(Map.of()).wants(LINE)).isTrue();
        assertThat(filter(Map.of()).wantsAll()).isTrue();
        assertThat(filter(Map.of("tag", "grid.*", "container", "web-?", "grep", "\\b200$"))
                        .wants(LINE))
                .isTrue();
        assertThat(filter(Map.of("tag", "other.*", "grep", "200")).wants(LINE)).isFalse();
        assertThat(filter(Map.of("container", "web")).wants(LINE)).isFalse();
        assertThat(filter(Map.of("grep", "^200")).wants(LINE)).isFalse();
        assertThat(filter(Map.of("grep", "(?i)get")).wants(LINE)).isTrue();
        assertThat(filter(Map.of("grep", "x")).wantsAll()).isFalse();
    }

    @Test
    void anExpressionCannotTakeExponentialTime() throws Exception {
        LogRecord line = new LogRecord("t", "c", "s", "t", "a".repeat(50_000) + "!");
        assertThat(filter(Map.of("grep", "(a+)+$")).wants(line)).isFalse();
    }

    @Test
    void whatIsNoExpressionIsSaid() {
        assertThatThrownBy(() -> filter(Map.of("grep", "(")))
                .isInstanceOf(WrongFilterException.class)
                .hasMessageContaining("grep=(");
        assertThatThrownBy(() -> filter(Map.of("tag", "x".repeat(201))))
                .isInstanceOf(WrongFilterException.class)
                .hasMessageContaining("200 characters");
    }
}
