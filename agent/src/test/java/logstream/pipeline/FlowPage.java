package logstream.pipeline;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;

/** The tables and the picture of docs/flow-control.md. */
final class FlowPage {
    static final Path PAGE = Path.of("docs", "flow-control.md");
    static final Path PICTURE = Path.of("docs", "flow-control.svg");

    private static final int WIDTH = 720;
    private static final int PANEL = 190;
    private static final int LEFT = 46;
    private static final int TOP = 34;
    private static final int PLOT_WIDTH = WIDTH - LEFT - 14;
    private static final int PLOT_HEIGHT = 120;

    private FlowPage() {}

    /** Replaces what stands between two marks of this name. */
    static String replaced(String page, String name, String content) {
        String begin = "<!-- " + name + " -->\n";
        String end = "<!-- /" + name + " -->";
        int from = page.indexOf(begin);
        int to = page.indexOf(end);
        if (from < 0 || to < from) {
            throw new IllegalArgumentException("the page has no place for " + begin.strip());
        }
        return page.substring(0, from + begin.length()) + content + page.substring(to);
    }

    static String steady(List<FlowOutcome> outcomes) {
        return "| shards | line bytes | ms a request | used | throttled | in the first 10 s | most in flight |\n"
                + "| --- | --- | --- | --- | --- | --- | --- |\n"
                + outcomes.stream().map(FlowPage::row).collect(Collectors.joining());
    }

    static String special(List<FlowOutcome> outcomes) {
        return "| scenario | shards | line bytes | used | throttled | in the first 10 s | fairness | last agent |\n"
                + "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
                + outcomes.stream().map(FlowPage::row).collect(Collectors.joining());
    }

    static String row(FlowOutcome outcome) {
        FlowScenario scenario = outcome.scenario();
        int end = scenario.seconds();
        String lines = scenario.lineBytes().stream()
                .map(bytes -> String.format(Locale.ROOT, "%,d", bytes))
                .collect(Collectors.joining(" and "));
        String figures = percent(outcome.use(FlowScenario.SETTLED_SECOND, end))
                + " | " + percent(outcome.throttledShare(0, end))
                + " | " + percent(outcome.throttledShare(0, FlowScenario.SETTLED_SECOND));
        if (FlowScenarios.isSteady(scenario)) {
            return String.format(
                    Locale.ROOT,
                    "| %d | %s | %d | %s | %d |%n",
                    scenario.shards(),
                    lines,
                    scenario.latencyMillis(),
                    figures,
                    outcome.mostInFlight());
        }
        boolean many = scenario.allAgents() > 1;
        return String.format(
                Locale.ROOT,
                "| %s | %d | %s | %s | %s | %s |%n",
                scenario.name(),
                scenario.shards(),
                lines,
                figures,
                many ? String.format(Locale.ROOT, "%.2f", outcome.fairness(end - 60, end)) : "",
                scenario.joinsAtSecond() > 0
                        ? String.format(Locale.ROOT, "%.2f", outcome.shareOfLast(end - 60, end))
                        : "");
    }

    /** One panel for each. */
    static String picture(List<FlowOutcome> outcomes) {
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"11\">%n"
                        + "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n",
                WIDTH,
                PANEL * outcomes.size()));
        for (int i = 0; i < outcomes.size(); i++) {
            panel(svg, outcomes.get(i), i * PANEL);
        }
        return svg.append("</svg>\n").toString();
    }

    private static void panel(StringBuilder svg, FlowOutcome outcome, int y) {
        FlowScenario scenario = outcome.scenario();
        int seconds = scenario.seconds();
        double most = 1;
        for (int second = 0; second < seconds; second++) {
            most = Math.max(most, Math.max(outcome.acceptedIn(second), outcome.throttledIn(second)));
        }
        int bottom = y + TOP + PLOT_HEIGHT;
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" font-size=\"13\">%s</text>%n"
                        + "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%.0f</text>%n"
                        + "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">0</text>%n"
                        + "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%d s</text>%n"
                        + "<path d=\"M%d %dV%dH%d\" fill=\"none\" stroke=\"#333\"/>%n",
                LEFT,
                y + TOP - 14,
                scenario.name() + ": shards' worth a second",
                LEFT - 6,
                y + TOP + 8,
                most,
                LEFT - 6,
                bottom,
                LEFT + PLOT_WIDTH,
                bottom + 14,
                seconds,
                LEFT,
                y + TOP,
                bottom,
                LEFT + PLOT_WIDTH));
        double scale = PLOT_HEIGHT / most;
        line(svg, seconds, bottom, scale, scenario::capacityAt, "stroke=\"#999\" stroke-dasharray=\"4 3\"");
        line(svg, seconds, bottom, scale, outcome::throttledIn, "stroke=\"#c0392b\"");
        line(svg, seconds, bottom, scale, outcome::acceptedIn, "stroke=\"#1f5fa8\"");
    }

    private static void line(
            StringBuilder svg, int seconds, int bottom, double scale, IntToDoubleFunction value, String stroke) {
        svg.append("<polyline fill=\"none\" stroke-width=\"1.4\" ")
                .append(stroke)
                .append(" points=\"");
        for (int second = 0; second < seconds; second++) {
            double x = LEFT + (second + 0.5) * PLOT_WIDTH / seconds;
            svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, bottom - scale * value.applyAsDouble(second)));
        }
        svg.append("\"/>\n");
    }

    private static String percent(double part) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * part);
    }
}
