package logstream.bench;

import java.util.Comparator;
import java.util.List;

/**
 * What a million records cost against how many come in a second: a picture of the scenarios RATE and S1, in SVG. A flat
 * line is the best there is.
 */
final class CostPlot {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 360;
    private static final int LEFT = 70;
    private static final int RIGHT = 20;
    private static final int TOP = 30;
    private static final int BOTTOM = 50;
    private static final double LOWEST_RATE = 100;
    private static final double HIGHEST_RATE = 2_000_000;

    private record Point(double rate, double cost) {}

    private CostPlot() {}

    /** Empty when there are not two points. */
    static String of(List<Result> results) {
        List<Point> points = results.stream()
                .filter(result -> !result.runs().isEmpty())
                .filter(result ->
                        result.scenario().answersTo("RATE") || result.scenario().answersTo("S1"))
                .map(result -> new Point(
                        result.figures().getOrDefault(Figure.RATE, 0.0),
                        result.figures().getOrDefault(Figure.CPU, 0.0)))
                .sorted(Comparator.comparingDouble(Point::rate))
                .toList();
        return points.size() < 2 ? "" : draw(points);
    }

    private static String draw(List<Point> points) {
        double most = points.stream().mapToDouble(Point::cost).max().orElse(1);
        double step = step(most);
        double top = Math.ceil(most / step) * step;
        StringBuilder svg = new StringBuilder("""
                <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">
                <rect width="100%%" height="100%%" fill="white"/>
                <text x="%d" y="18">CPU seconds per million records</text>
                """.formatted(WIDTH, HEIGHT, WIDTH, HEIGHT, LEFT));
        for (double cost = 0; cost <= top + step / 2; cost += step) {
            double y = y(cost, top);
            svg.append("""
                    <line x1="%d" y1="%.1f" x2="%d" y2="%.1f" stroke="#ddd"/>
                    <text x="%d" y="%.1f" text-anchor="end">%s</text>
                    """.formatted(LEFT, y, WIDTH - RIGHT, y, LEFT - 8, y + 4, number(cost)));
        }
        for (double rate = LOWEST_RATE; rate <= HIGHEST_RATE; rate *= 10) {
            svg.append("""
                    <line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="#ddd"/>
                    <text x="%.1f" y="%d" text-anchor="middle">%,.0f</text>
                    """.formatted(x(rate), TOP, x(rate), HEIGHT - BOTTOM, x(rate), HEIGHT - BOTTOM + 18, rate));
        }
        svg.append("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">records a second</text>\n"
                .formatted(WIDTH - RIGHT, HEIGHT - 12));
        svg.append("<polyline fill=\"none\" stroke=\"#1f6feb\" stroke-width=\"2\" points=\"");
        points.forEach(point -> svg.append("%.1f,%.1f ".formatted(x(point.rate()), y(point.cost(), top))));
        svg.append("\"/>\n");
        for (Point point : points) {
            svg.append("""
                    <circle cx="%.1f" cy="%.1f" r="4" fill="#1f6feb"/>
                    <text x="%.1f" y="%.1f" text-anchor="middle">%.1f</text>
                    """.formatted(
                    x(point.rate()), y(point.cost(), top), x(point.rate()), y(point.cost(), top) - 9, point.cost()));
        }
        return svg.append("</svg>\n").toString();
    }

    /** Of about five lines across the picture, at round numbers. */
    private static double step(double most) {
        double step = Math.pow(10, Math.floor(Math.log10(Math.max(most, 0.01))));
        return most / step < 2 ? step / 5 : most / step < 5 ? step / 2 : step;
    }

    private static String number(double value) {
        return Math.abs(value - Math.rint(value)) < 1e-9 ? "%,.0f".formatted(value) : "%.1f".formatted(value);
    }

    private static double x(double rate) {
        double share = Math.log(rate / LOWEST_RATE) / Math.log(HIGHEST_RATE / LOWEST_RATE);
        return LEFT + share * (WIDTH - LEFT - RIGHT);
    }

    private static double y(double cost, double top) {
        return HEIGHT - BOTTOM - cost / top * (HEIGHT - TOP - BOTTOM);
    }
}
