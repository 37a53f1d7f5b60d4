package logstream.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the benchmark ran on.
 *
 * @param processor its name
 * @param memoryBytes in all
 */
record Machine(String processor, int cores, long memoryBytes, String kernel, String java) {
    static Machine here() throws IOException {
        return new Machine(
                value("/proc/cpuinfo", "model name"),
                Runtime.getRuntime().availableProcessors(),
                Long.parseLong(value("/proc/meminfo", "MemTotal").replaceAll("\\D", "")) << 10,
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.vendor.version", System.getProperty("java.version")));
    }

    private static String value(String file, String name) throws IOException {
        return Files.readString(Path.of(file))
                .lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .findFirst()
                .orElse("0");
    }

    String text() {
        return "%s, %d cores, %.0f GiB, %s, %s"
                .formatted(processor, cores, memoryBytes / (double) (1 << 30), kernel, java);
    }
}
