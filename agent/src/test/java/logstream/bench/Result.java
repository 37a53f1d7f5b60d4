package logstream.bench;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * All runs of a scenario.
 *
 * @param runs that came to figures; empty if none did
 * @param failures why others did not
 */
record Result(Scenario scenario, List<Run> runs, List<String> failures) {
    /** For each figure the one that stands for all runs. */
    Map<Figure, Double> figures() {
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        for (Figure figure : Figure.values()) {
            List<Double> values = runs.stream()
                    .filter(run -> run.figures().containsKey(figure))
                    .map(run -> run.figures().getOrDefault(figure, 0.0))
                    .toList();
            if (!values.isEmpty()) {
                figures.put(figure, figure.of(values));
            }
        }
        return figures;
    }

    boolean isNoisy() {
        return runs.stream().anyMatch(run -> run.noise().isLoud());
    }

    /** What must not be: failures and defects, each once. */
    List<String> complaints() {
        return java.util.stream.Stream.concat(failures.stream(), runs.stream().flatMap(run -> run.defects().stream()))
                .distinct()
                .toList();
    }
}
