package logstream.tail;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogRecordTest {
    private static Optional<LogRecord> parse(String json) {
        return LogRecord.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aRecordShowsItsLine() {
        assertThat(
                        parse(
                                "{\"container_name\":\"/web\",\"source\":\"stdout\",\"log\":\"é\",\"time\":\"now\",\"tag\":\"t\"}"))
                .contains(new LogRecord("now", "web", "stdout", "t", "é"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"msg\":\"é\",\"time\":\"now\",\"tag\":\"t\"}", "{\"log\":1,\"time\":\"now\",\"tag\":\"t\"}"})
    void aRecordWhoseLineWasLiftedShowsItself(String json) {
        assertThat(parse(json)).contains(new LogRecord("now", "", "", "t", json));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"time\":\"now\"}", "{\"tag\":\"t\"}", "[]", "no JSON", ""})
    void whatElseIsInAStreamIsNone(String json) {
        assertThat(parse(json)).isEmpty();
    }
}
