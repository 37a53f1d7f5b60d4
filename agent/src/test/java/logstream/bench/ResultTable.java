package logstream.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Results as a table in Markdown, which people can read as it is, and what is to be said of them. */
final class ResultTable {
    private static final String NOISY = " ~";

    private ResultTable() {}

    /** A column for each figure that any of the results has. */
    static String of(List<Result> results) {
        List<Figure> columns = Arrays.stream(Figure.values())
                .filter(figure ->
                        results.stream().anyMatch(result -> result.figures().containsKey(figure)))
                .toList();
        List<List<String>> rows = new ArrayList<>();
        List<String> titles = new ArrayList<>(List.of("scenario"));
        columns.forEach(column -> titles.add(column.title()));
        rows.add(titles);
        for (Result result : results) {
            Map<Figure, Double> figures = result.figures();
            List<String> row = new ArrayList<>();
            row.add(result.scenario().name() + (result.isNoisy() ? NOISY : ""));
            for (Figure column : columns) {
                Double value = figures.get(column);
                row.add(value == null ? "" : column.text(value));
            }
            rows.add(row);
        }
        return aligned(rows);
    }

    private static String aligned(List<List<String>> rows) {
        List<Integer> widths = new ArrayList<>();
        for (int column = 0; column < rows.getFirst().size(); column++) {
            int at = column;
            widths.add(rows.stream().mapToInt(row -> row.get(at).length()).max().orElse(0));
        }
        StringBuilder text = new StringBuilder();
        for (int row = 0; row < rows.size(); row++) {
            line(text, rows.get(row), widths);
            if (row == 0) {
                text.append(widths.stream()
                        .map(width -> "-".repeat(width + 1) + ":")
                        .collect(Collectors.joining("|", "|", "|\n"))
                        .replaceFirst("-:", "--"));
            }
        }
        return text.toString();
    }

    private static void line(StringBuilder text, List<String> cells, List<Integer> widths) {
        for (int column = 0; column < cells.size(); column++) {
            String cell = cells.get(column);
            String padding = " ".repeat(widths.get(column) - cell.length());
            text.append("| ")
                    .append(column == 0 ? cell + padding : padding + cell)
                    .append(' ');
        }
        text.append("|\n");
    }

    /** Noise, failures and defects; empty if there is nothing to say. */
    static String remarks(List<Result> results) {
        StringBuilder text = new StringBuilder();
        if (results.stream().anyMatch(Result::isNoisy)) {
            double stolen = highest(results, true);
            double others = highest(results, false);
            text.append(
                    ("~ The machine was noisy: other guests took up to %.1f %% of its time, processes that are not the"
                                    + " benchmark's up to %.1f %%.\n")
                            .formatted(100 * stolen, 100 * others));
        }
        for (Result result : results) {
            for (String complaint : result.complaints()) {
                text.append(result.scenario().name())
                        .append(": ")
                        .append(complaint)
                        .append('\n');
            }
        }
        return text.toString();
    }

    private static double highest(List<Result> results, boolean stolen) {
        return results.stream()
                .flatMap(result -> result.runs().stream())
                .mapToDouble(run -> stolen ? run.noise().stolen() : run.noise().others())
                .max()
                .orElse(0);
    }
}
