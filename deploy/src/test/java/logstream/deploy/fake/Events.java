package logstream.deploy.fake;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The events of an operation as CloudFormation words them, from a file written by hand: one in a line, status, resource, type and reason between
 * bars. The resource {@code STACK} is the stack itself. A line {@code ---} stands where time passes.
 */
final class Events {
    /** One line. */
    record Line(String status, String resource, String type, String reason) {
        boolean ofStack() {
            return resource.equals("STACK");
        }
    }

    private Events() {}

    /** The lines between two passings of time, in the order of the file. */
    static List<List<Line>> named(String name) {
        String text;
        try (InputStream in = Events.class.getResourceAsStream("/logstream/deploy/events/" + name + ".txt")) {
            if (in == null) {
                throw new IllegalArgumentException("there are no events " + name);
            }
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<List<Line>> looks = new ArrayList<>();
        looks.add(new ArrayList<>());
        text.lines().filter(line -> !line.isBlank()).forEach(line -> {
            if (line.equals("---")) {
                looks.add(new ArrayList<>());
            } else {
                String[] parts = line.split(" *\\| *", 4);
                looks.getLast().add(new Line(parts[0], parts[1], parts[2], parts.length > 3 ? parts[3] : ""));
            }
        });
        return looks;
    }
}
