package logstream.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * fluentd configurations and what becomes of them: {@code NAME.conf} and, beside it, {@code NAME.yml}. With
 * {@code -Dgolden.write=true} the latter are written anew, to be read before they are committed.
 */
class ConfigConversionTest {
    private static final Path FOLDER = Path.of("src/test/resources/logstream/migration/config");

    static Stream<String> files() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".conf"))
                    .map(name -> name.replace(".conf", ""))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    private static String converted(String text) {
        try {
            return ConfigConversion.of(text).yaml();
        } catch (FluentdSyntaxException wrong) {
            return "no fluentd configuration: " + wrong.getMessage() + "\n";
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void eachFileBecomesWhatIsExpected(String name) throws IOException {
        String becomes = converted(Files.readString(FOLDER.resolve(name + ".conf")));
        Path golden = FOLDER.resolve(name + ".yml");
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(golden, becomes);
        }
        assertThat(becomes).isEqualTo(Files.readString(golden));
    }

    @Test
    void theOriginalNeedsNothingButItsBuffer() throws Exception {
        ConvertedConfig converted = ConfigConversion.of(Files.readString(FOLDER.resolve("original.conf")));

        assertThat(converted.notes())
                .filteredOn(note -> !note.todo().isEmpty())
                .singleElement()
                .satisfies(note -> {
                    assertThat(note.line()).isEqualTo(24);
                    assertThat(note.todo()).contains("logstream buffer import /var/log/fluent");
                });
    }

    @Test
    void everyLineIsCarriedOverOrNoted() throws Exception {
        List<String> lines = Files.readAllLines(FOLDER.resolve("decisions.conf"));
        ConvertedConfig converted = ConfigConversion.of(String.join("\n", lines));

        for (int number = 1; number <= lines.size(); number++) {
            String line = lines.get(number - 1).strip();
            int here = number;
            boolean structure = line.startsWith("</")
                    || line.matches("@?type .*|2, 3]|<(label|store|match|buffer|security|client).*");
            // What is in a section that is noted as a whole is not noted again.
            boolean inside = line.matches("@?(path|key|process|host) .*|<record>|stream_name \\$.*")
                    || line.startsWith("shared_key anders");
            boolean taken = converted.yaml().contains("# line " + here + "\n");
            boolean noted = converted.notes().stream().anyMatch(note -> note.line() == here);
            assertThat(structure || inside || taken || noted || line.matches("(bind|port) .*"))
                    .as("line %d: %s", here, line)
                    .isTrue();
        }
    }

    @Test
    void noSecretIsInANote() throws Exception {
        ConvertedConfig converted = ConfigConversion.of(Files.readString(FOLDER.resolve("decisions.conf")));

        assertThat(converted.notes().toString())
                .doesNotContainIgnoringCase("geheim")
                .contains("aws_sec_key");
    }

    @Test
    void deepNestingIsRefused() {
        assertThatThrownBy(() -> ConfigConversion.of("<a>\n".repeat(100_000)))
                .isInstanceOf(FluentdSyntaxException.class)
                .hasMessage("line 21: sections lie in each other deeper than 20");
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> pieces = Arbitraries.of(
                "<source>",
                "</source>",
                "<match **>",
                "</match>",
                "@type forward",
                "@type kinesis",
                "<buffer>",
                "</buffer>",
                "stream_name",
                "port \"#{ENV['A']}\"",
                "path \"x",
                "chunk_limit_size 99999999999999t",
                "retry_wait 1e9",
                "[",
                "{",
                "'",
                "\"",
                "#",
                "\\",
                "${",
                "$${tag}",
                "bind ::",
                "\u0000",
                "<client>",
                "<security>");
        return pieces.list().ofMaxSize(40).map(list -> String.join("\n", list));
    }

    /** Whatever it is given, it answers, or says in which line it cannot. */
    @Property(tries = 2000)
    void nothingBreaksIt(@ForAll("texts") String text, @ForAll String any) {
        assertThat(converted(text)).isNotEmpty();
        assertThat(converted(any)).isNotEmpty();
    }
}
