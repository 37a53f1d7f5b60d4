package logstream.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** The parts of agent/docs/performance.md that come from here: between marks, so that the words around them stay. */
final class PerformancePage {
    static final String FILE = "performance.md";
    private static final String PLOT = "performance.svg";

    private PerformancePage() {}

    /** Replaces what was measured, and the plot if there is one. */
    static void write(Path docs, Machine machine, int runs, List<Result> results) throws IOException {
        String plot = CostPlot.of(results);
        if (!plot.isEmpty()) {
            Files.writeString(docs.resolve(PLOT), plot);
        }
        Path page = docs.resolve(FILE);
        String measured = "%s, on %s; %d %s each.%n%n%s%n%s%s"
                .formatted(
                        LocalDate.now(ZoneOffset.UTC),
                        machine.text(),
                        runs,
                        runs == 1 ? "run" : "runs, of which the table has the median",
                        ResultTable.of(results),
                        ResultTable.remarks(results),
                        plot.isEmpty()
                                ? ""
                                : "\n![CPU seconds per million records against records a second](" + PLOT + ")\n");
        String text = replaced(Files.readString(page), "measured", measured);
        text = replaced(text, "scenarios", scenarios());
        Files.writeString(page, replaced(text, "columns", columns()));
    }

    /** What each scenario does. */
    static String scenarios() {
        StringBuilder text = new StringBuilder("| scenario | what |\n| --- | --- |\n");
        for (Scenario scenario : Scenarios.all()) {
            text.append("| `%s` | %s |%n".formatted(scenario.name(), scenario.what()));
        }
        return text.toString();
    }

    /** What each column means. */
    static String columns() {
        StringBuilder text = new StringBuilder("| column | what |\n| --- | --- |\n");
        for (Figure figure : Figure.values()) {
            text.append("| %s | %s |%n".formatted(figure.title(), figure.meaning()));
        }
        return text.toString();
    }

    /** The text with another part between the marks of this name. */
    static String replaced(String text, String name, String part) {
        String begin = "<!-- " + name + " -->\n";
        String end = "<!-- /" + name + " -->";
        int from = text.indexOf(begin);
        int to = text.indexOf(end);
        if (from < 0 || to < from) {
            throw new IllegalArgumentException(
                    FILE + " has no place for " + name + ": " + begin.strip() + " and " + end);
        }
        return text.substring(0, from + begin.length()) + part + text.substring(to);
    }
}
