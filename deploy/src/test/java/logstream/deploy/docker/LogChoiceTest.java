package logstream.deploy.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which options are chosen, for which engine. */
class LogChoiceTest {
    private static LogWish wish(String version, boolean blocking, Map<String, String> given) {
        return new LogWish("fluentd", "grid.a/b/c:d/e/f", given, blocking, DockerVersion.parse(version));
    }

    private static Map<String, String> chosen(LogWish wish) {
        return LogChoice.settings(wish).options().stream()
                .collect(Collectors.toMap(LogOption::name, LogOption::value, (one, other) -> one, LinkedHashMap::new));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            17.12   | fluentd-async-connect=true | fluentd-buffer-limit=8m
            18.09.9 | fluentd-async-connect=true | fluentd-buffer-limit=8m
            19.03   | fluentd-async-connect=true | fluentd-buffer-limit=8192
            20.10   | fluentd-async=true         | fluentd-buffer-limit=8192
            23.0    | fluentd-async=true         | fluentd-buffer-limit=8192
            28.2.2  | fluentd-async=true         | fluentd-buffer-limit=8192
            29.0    | fluentd-async=true         | fluentd-buffer-limit=8192
            """)
    void inTheBackgroundAndWithABound(String version, String background, String bound) {
        assertThat(chosen(wish(version, false, Map.of())).entrySet().stream().map(Object::toString))
                .containsExactly("fluentd-address=127.0.0.1:24224", "tag=grid.a/b/c:d/e/f", background, bound);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "17.12", "18.06", "18.09", "19.03", "20.10", "23.0", "24.0", "25.0", "28.0", "28.2", "29.0", "31.4"
            })
    void everyEngineKnowsWhatIsChosenForIt(String version) {
        DockerVersion engine = DockerVersion.parse(version);
        for (boolean blocking : new boolean[] {true, false}) {
            assertThat(chosen(wish(version, blocking, Map.of())).keySet())
                    .allMatch(name -> KnownOption.named(name).orElseThrow().isIn(engine));
        }
    }

    @Test
    void whoWaitsGetsAcknowledgements() {
        assertThat(chosen(wish("20.10", true, Map.of())))
                .containsEntry("fluentd-request-ack", "true")
                .doesNotContainKeys("fluentd-async", "fluentd-buffer-limit");
        assertThat(chosen(wish("19.03", true, Map.of())).keySet()).containsExactly("fluentd-address", "tag");
    }

    @Test
    void givenOptionsTakeThePlaceOfOurs() {
        assertThat(chosen(wish("20.10", false, Map.of("fluentd-address", "0.0.0.0:24224", "labels", "team"))))
                .containsEntry("fluentd-address", "0.0.0.0:24224")
                .containsEntry("labels", "team")
                .containsEntry("fluentd-async", "true");
    }

    @Test
    void theOldNameTakesThePlaceOfTheNewOne() {
        assertThat(chosen(wish("20.10", false, Map.of("fluentd-async-connect", "false"))))
                .containsEntry("fluentd-async-connect", "false")
                .doesNotContainKey("fluentd-async");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            20.10 | fluentd-write-timeout | 1s           | Docker 20.10 does not know fluentd-write-timeout (only from 28.2 on): containers would not start
            28.0  | fluentd-async-connect | true         | Docker 28.0 does not know fluentd-async-connect (no longer, since 28.0): containers would not start
            28.2  | fluentd-read-timeout  | 1s           | Docker 28.2 does not know fluentd-read-timeout (only from 29.0 on): containers would not start
            19.03 | labels-regex          | a            | Docker 19.03 does not know labels-regex (only from 20.10 on): containers would not start
            29.0  | fluent-address        | a            | Docker's fluentd driver has no option fluent-address: containers would not start
            20.10 | fluentd-address       | tls://a:24225 | Docker 20.10 does not know tls:// (only from 23.0 on): containers would not start
            """)
    void whatTheEngineDoesNotKnowIsRefused(String version, String name, String value, String sentence) {
        assertThatThrownBy(() -> LogChoice.settings(wish(version, false, Map.of(name, value))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(sentence);
    }

    @Test
    void anotherDriverGetsTheTagAndWhatIsGiven() {
        LogWish wish = new LogWish(
                "syslog", "grid.a/b/c:d/e/f", Map.of("syslog-facility", "daemon"), false, DockerVersion.parse("20.10"));

        assertThat(chosen(wish))
                .containsOnly(Map.entry("tag", "grid.a/b/c:d/e/f"), Map.entry("syslog-facility", "daemon"));
    }

    @ParameterizedTest
    @CsvSource({"20.10, 20.10", "20.10.24, 20.10", "v28.2.2-ce, 28.2", "19.03.5, 19.03", "29, 29.0", "23.0, 23.0"})
    void versionsAreRead(String text, String version) {
        assertThat(DockerVersion.parse(text)).hasToString(version);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "new", "20,10", "99999", "1.13"})
    void whatIsNoVersionIsRefused(String text) {
        assertThatThrownBy(() -> DockerVersion.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
