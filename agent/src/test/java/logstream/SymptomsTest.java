package logstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import logstream.config.Settings;
import org.junit.jupiter.api.Test;

/** The README's table of symptoms: each row is reproduced by a test, and names only what there is. */
class SymptomsTest {
    private static final Path README = Path.of("..", "README.md");
    private static final Path TESTS = Path.of("src/test/java");

    /** An annotation on a test method; what stands between the two are other annotations and a name. */
    private static final Pattern REPRODUCED = Pattern.compile(
            "@(?:Test|ParameterizedTest|RepeatedTest)\\b(?:(?!\\bvoid\\b)[\\s\\S]){0,300}?@Symptom\\(\\s*\"((?:[^\"\\\\]|\\\\.)*)\"\\s*\\)");

    private static final Pattern METRIC = Pattern.compile("`(logstream_[a-z_]+)");
    private static final Pattern SETTING =
            Pattern.compile("`((?:forward|record|buffer|kinesis|monitor|log)\\.[a-z_.]+)[:`]");

    private static List<List<String>> rows() throws IOException {
        String readme = Files.readString(README);
        int begin = readme.indexOf("<!-- symptoms -->");
        int end = readme.indexOf("<!-- /symptoms -->");
        assertThat(begin).isPositive().isLessThan(end);
        return readme.substring(begin, end)
                .lines()
                .skip(3)
                .map(line -> Arrays.stream(line.split("\\|", -1))
                        .map(String::strip)
                        .filter(cell -> !cell.isEmpty())
                        .toList())
                .toList();
    }

    @Test
    void everyRowIsReproducedByATestAndEachSuchTestHasARow() throws IOException {
        List<String> reproduced = new ArrayList<>();
        int annotations = 0;
        try (Stream<Path> files = Files.walk(TESTS)) {
            for (Path file :
                    files.filter(one -> one.toString().endsWith(".java")).toList()) {
                if (file.endsWith("SymptomsTest.java")) {
                    continue;
                }
                String text = Files.readString(file);
                annotations += (int)
                        text.lines().filter(line -> line.contains("@Symptom(")).count();
                for (Matcher one = REPRODUCED.matcher(text); one.find(); ) {
                    reproduced.add(one.group(1).replace("\\\"", "\""));
                }
            }
        }
        assertThat(reproduced).as("annotations that stand at a test").hasSize(annotations);
        assertThat(reproduced)
                .containsExactlyInAnyOrderElementsOf(
                        rows().stream().map(row -> row.getFirst()).toList());
    }

    @Test
    void everyRowSaysWhereToLookWhatItMeansAndWhatToDo() throws IOException {
        assertThat(rows())
                .hasSizeGreaterThan(20)
                .allSatisfy(row -> assertThat(row).as(row.toString()).hasSize(4));
    }

    @Test
    void itNamesOnlyMetricsAndSettingsThatThereAre() throws IOException {
        String page = Files.readString(Path.of("src/test/resources/logstream/metrics/metrics.txt"));
        String settings = Settings.markdown();
        String text = String.join("\n", rows().stream().flatMap(List::stream).toList());
        assertThat(METRIC.matcher(text).results())
                .hasSizeGreaterThan(10)
                .allSatisfy(metric -> assertThat(page).containsPattern("(?m)^" + metric.group(1) + "[ {]"));
        assertThat(SETTING.matcher(text).results())
                .hasSizeGreaterThan(8)
                .allSatisfy(setting -> assertThat(settings).containsPattern("[|] `" + setting.group(1) + "[.`]"));
    }
}
