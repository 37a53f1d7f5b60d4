package logstream.forward;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The bytes that a sender wrote to one connection.
 *
 * <p>Format of its file, {@code NAME.hex}: a line {@code # sender, version, options}; then 32 bytes to a line in
 * hexadecimal; {@code * n} stands for n more lines like the one before.
 *
 * @param origin sender, version and options
 */
record Capture(String origin, byte[] bytes) {
    static final Path FOLDER = Path.of("src/test/resources/logstream/forward/captures");

    private static final int LINE_BYTES = 32;

    /** The names of all captures. */
    static List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".hex"))
                    .map(file -> file.replaceFirst("\\.hex$", ""))
                    .sorted()
                    .toList();
        }
    }

    static Capture read(String name) throws IOException {
        List<String> lines = Files.readAllLines(FOLDER.resolve(name + ".hex"));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] last = {};
        for (String line : lines.subList(1, lines.size())) {
            if (line.startsWith("* ")) {
                for (int more = Integer.parseInt(line.substring(2)); more > 0; more--) {
                    bytes.writeBytes(last);
                }
            } else {
                last = HexFormat.of().parseHex(line);
                bytes.writeBytes(last);
            }
        }
        return new Capture(lines.getFirst().substring(2), bytes.toByteArray());
    }

    void write(String name) throws IOException {
        StringBuilder text = new StringBuilder("# ").append(origin).append('\n');
        byte[] last = {};
        int repeated = 0;
        for (int at = 0; at < bytes.length; at += LINE_BYTES) {
            byte[] line = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + LINE_BYTES));
            if (Arrays.equals(line, last)) {
                repeated++;
                continue;
            }
            appendRepeated(text, repeated);
            repeated = 0;
            text.append(HexFormat.of().formatHex(line)).append('\n');
            last = line;
        }
        appendRepeated(text, repeated);
        Files.createDirectories(FOLDER);
        Files.writeString(FOLDER.resolve(name + ".hex"), text);
    }

    private static void appendRepeated(StringBuilder text, int repeated) {
        if (repeated > 0) {
            text.append("* ").append(repeated).append('\n');
        }
    }
}
