package logstream.it;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a container writes, a line of it is a record. */
class DockerLinesIT {
    @RegisterExtension
    static final SharedAgent AGENT = new SharedAgent(yaml -> yaml + "record:\n  join_timeout: 1s\n");

    private static final int LINES = 100;

    @Test
    void oddLinesAreRecordsOfTheirOwn() {
        // Two bytes of a character of three, an overlong form, a surrogate, a byte that is never in UTF-8.
        String script = """
                echo first
                echo
                printf '\\r\\n'
                printf 'carriage\\rreturn\\r\\n'
                printf '\\346\\227 \\300\\200 \\355\\240\\200 \\377 gr\\303\\274n\\n'
                printf 'nul\\000 tab\\t escape\\033[1m\\n'
                echo ' \t '
                echo last
                """;
        try (Container container = start("grid.odd", script)) {
            assertThat(AGENT.awaitLines("grid.odd", 8))
                    .containsExactly(
                            "first",
                            "",
                            "\r",
                            "carriage\rreturn\r",
                            "\ufffd \ufffd\ufffd \ufffd\ufffd\ufffd \ufffd gr\u00fcn",
                            "nul\0 tab\t escape\033[1m",
                            " \t ",
                            "last");
            container.awaitEnd();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {16_383, 16_384, 16_385, 32_768, 102_400})
    void aLongLineIsOneRecord(int bytes) {
        String tag = "grid.long." + bytes;
        try (Container _ = start(tag, "printf '%0" + bytes + "d\\n' 0; echo last")) {
            assertThat(AGENT.awaitLines(tag, 2)).containsExactly("0".repeat(bytes), "last");
            assertThat(AGENT.await(tag, 2)).allSatisfy(DockerLinesIT::hasNoFieldsOfPieces);
        }
    }

    /** Docker cuts at 16,384 bytes, here inside of a character. */
    @Test
    void aCharacterThatDockerCutIsWhole() {
        try (Container _ = start("grid.cut", "printf '%016383d\\303\\274%0100d\\n' 0 0")) {
            assertThat(AGENT.awaitLines("grid.cut", 1))
                    .containsExactly("0".repeat(16_383) + "\u00fc" + "0".repeat(100));
        }
    }

    /** Docker calls it a piece with more to come; nothing comes. */
    @Test
    void aLineThatDoesNotEndIsARecord() {
        try (Container container = start("grid.endless", "echo first; printf 'no end'")) {
            container.awaitEnd();
            assertThat(AGENT.awaitLines("grid.endless", 2)).containsExactly("first", "no end");
            assertThat(AGENT.await("grid.endless", 2).getLast().text()).doesNotContain("partial_");
        }
    }

    @Test
    void aTerminalIsStdoutWithCarriageReturns() {
        try (Container _ = start("grid.terminal", "echo out; echo error >&2; printf '\\033[1mbold\\n'", "--tty")) {
            assertThat(AGENT.awaitLines("grid.terminal", 3)).containsExactly("out\r", "error\r", "\033[1mbold\r");
            assertThat(AGENT.await("grid.terminal", 3))
                    .allSatisfy(one ->
                            assertThat(one.json().path("source").asText()).isEqualTo("stdout"));
        }
    }

    /** Long lines of both outputs at once: what belongs together stays together, and each output keeps its order. */
    @Test
    void bothOutputsAtOnceKeepTheirOrder() {
        // Each in a shell of its own: a signal, such as that of the other's end, cuts what a shell is writing.
        String script = """
                (for i in $(seq 1 %1$d); do printf '%%020000d\\n' $i; done) &
                (for i in $(seq 1 %1$d); do printf '%%020000d\\n' $i >&2; done) &
                wait
                """.formatted(LINES);
        try (Container _ = start("grid.both", script)) {
            Map<String, List<Integer>> numbers = AGENT.await("grid.both", 2 * LINES).stream()
                    .map(StreamRecords.Found::json)
                    .collect(groupingBy(
                            one -> one.path("source").asText(),
                            mapping(one -> Integer.valueOf(one.path("log").asText()), toList())));
            List<Integer> written = IntStream.rangeClosed(1, LINES).boxed().toList();
            assertThat(numbers).isEqualTo(Map.of("stdout", written, "stderr", written));
        }
    }

    private static Container start(String tag, String script, String... options) {
        String[] all = Stream.concat(
                        Stream.of("fluentd-address=127.0.0.1:" + AGENT.port(), "tag=" + tag), Stream.of(options))
                .toArray(String[]::new);
        return Container.start(script, all);
    }

    private static void hasNoFieldsOfPieces(StreamRecords.Found record) {
        List<String> names = new ArrayList<>();
        record.json().fieldNames().forEachRemaining(names::add);
        assertThat(names).containsExactlyInAnyOrder("container_id", "container_name", "source", "log", "time", "tag");
    }
}
