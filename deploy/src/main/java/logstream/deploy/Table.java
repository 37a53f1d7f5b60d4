package logstream.deploy;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Rows in columns, each as wide as its widest cell; numbers to the right, the last column as long as it is. */
final class Table {
    private final List<String> head;
    private final Set<String> toTheRight;
    private final List<List<String>> rows = new ArrayList<>();

    /** @param toTheRight columns of numbers, by their heads */
    Table(List<String> head, Set<String> toTheRight) {
        this.head = head;
        this.toTheRight = toTheRight;
    }

    void add(String... cells) {
        if (cells.length != head.size()) {
            throw new IllegalStateException(cells.length + " cells under " + head.size() + " heads");
        }
        rows.add(List.of(cells));
    }

    void print(PrintWriter out) {
        int[] widths = head.stream().mapToInt(String::length).toArray();
        for (List<String> row : rows) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        print(head, widths, out);
        rows.forEach(row -> print(row, widths, out));
    }

    private void print(List<String> row, int[] widths, PrintWriter out) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String cell = row.get(column);
            String blanks = " ".repeat(widths[column] - cell.length());
            line.append(column == 0 ? "" : "  ");
            line.append(toTheRight.contains(head.get(column)) ? blanks + cell : cell + blanks);
        }
        out.println(line.toString().stripTrailing());
    }
}
