package logstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.InstantSource;
import logstream.kinesis.StartAt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StartOptionTest {
    private final StartOption option = new StartOption(InstantSource.fixed(Instant.parse("2026-01-31T10:00:00Z")));

    @Test
    void namesAreNames() {
        assertThat(option.convert("latest")).isEqualTo(new StartAt.Latest());
        assertThat(option.convert("trim-horizon")).isEqualTo(new StartAt.TrimHorizon());
    }

    @ParameterizedTest
    @CsvSource({
        "5m, 2026-01-31T09:55:00Z",
        "2h ago, 2026-01-31T08:00:00Z",
        "2026-01-31T09:30:00Z, 2026-01-31T09:30:00Z",
        "2026-01-31T09:30:00+01:00, 2026-01-31T08:30:00Z"
    })
    void momentsAreMoments(String text, Instant moment) {
        assertThat(option.convert(text)).isEqualTo(new StartAt.Time(moment));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "yesterday", "5", "-5m", "2026-01-31T09:30", "999999999999999d", "2026-01-31T10:00:01Z"})
    void everythingElseIsRefused(String text) {
        assertThatThrownBy(() -> option.convert(text)).hasMessageContaining("'" + text + "'");
    }
}
