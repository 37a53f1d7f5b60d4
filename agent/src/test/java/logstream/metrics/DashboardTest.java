package logstream.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import logstream.engines.Engines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Alerts and dashboard speak of metrics that there are, and the alerts do what their own tests say. */
class DashboardTest {
    private static final Path DEPLOY = Path.of("..", "deploy");
    private static final Pattern METRIC = Pattern.compile("\\blogstream_[a-z_]+\\b");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "prometheus/logstream-alerts.yml",
                "prometheus/logstream-alerts-test.yml",
                "grafana/logstream.json"
            })
    void everyMetricIsOnThePage(String file) throws IOException {
        Set<String> named = METRIC.matcher(Files.readString(DEPLOY.resolve(file)))
                .results()
                .map(result -> result.group())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(named).hasSizeGreaterThan(8).isSubsetOf(onThePage());
    }

    private static Set<String> onThePage() throws IOException {
        Path page = Path.of("src/test/resources/logstream/metrics/metrics.txt");
        Set<String> names = new TreeSet<>();
        for (String line : Files.readAllLines(page)) {
            Matcher name = METRIC.matcher(line);
            if (!line.startsWith("#") && name.find()) {
                names.add(name.group());
            }
        }
        return names;
    }

    @Test
    void everyPanelAsksForSomethingAndSaysWhatItIs() throws IOException {
        JsonNode dashboard = new ObjectMapper()
                .readTree(DEPLOY.resolve("grafana/logstream.json").toFile());
        for (JsonNode panel : dashboard.path("panels")) {
            if (!panel.path("type").asText().equals("row")) {
                assertThat(panel.path("description").asText())
                        .as(panel.path("title").asText())
                        .isNotEmpty();
                assertThat(panel.path("targets"))
                        .isNotEmpty()
                        .allSatisfy(target ->
                                assertThat(target.path("expr").asText()).contains("$instance"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"check rules logstream-alerts.yml", "test rules logstream-alerts-test.yml"})
    void theAlertsPassPromtool(String arguments) throws IOException, InterruptedException {
        Engines.require(Files.isExecutable(Path.of("/usr/bin/promtool")), "promtool (Debian's package prometheus)");
        Process promtool = new ProcessBuilder(("/usr/bin/promtool " + arguments).split(" ", -1))
                .directory(DEPLOY.resolve("prometheus").toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(promtool.waitFor()).as(said).isZero();
    }

    @Test
    void everyAlertIsExplained() throws IOException {
        String alerts = Files.readString(DEPLOY.resolve("prometheus/logstream-alerts.yml"));
        String page = Files.readString(DEPLOY.resolve("prometheus/README.md"));
        String tested = Files.readString(DEPLOY.resolve("prometheus/logstream-alerts-test.yml"));
        assertThat(Pattern.compile("alert: (\\w+)").matcher(alerts).results())
                .hasSize(14)
                .allSatisfy(alert -> {
                    assertThat(page).contains("| `" + alert.group(1) + "` |");
                    assertThat(tested).contains(alert.group(1));
                });
    }
}
