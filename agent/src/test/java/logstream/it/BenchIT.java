package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmark as people run it, only shorter: it still starts, counts and prints. How fast it was is not asked. */
class BenchIT {
    private static final int RECORDS = 20_000;
    private static final int PATIENCE_SECONDS = 180;

    @Test
    void theBenchmarkCountsEveryRecord(@TempDir Path folder) throws Exception {
        Path json = folder.resolve("json");
        Path table = folder.resolve("table");
        ProcessBuilder builder = new ProcessBuilder(
                        "bench/run", "S1", "--runs", "1", "--records", String.valueOf(RECORDS), "--warm-up", "0")
                .redirectOutput(json.toFile())
                .redirectError(table.toFile());
        builder.command().addAll(java.util.List.of("--json", "--work", folder.toString()));
        builder.environment().put("LOGSTREAM_JAVA", System.getProperty("java.home"));
        builder.environment().remove("LOGSTREAM_JAVA_OPTS");
        Process process = builder.start();
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as("it ends: %s", Files.readString(table))
                    .isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(table)).isZero();

        JsonNode scenario =
                new ObjectMapper().readTree(json.toFile()).path("scenarios").path(0);
        assertThat(scenario.path("name").asText()).isEqualTo("S1");
        JsonNode figures = scenario.path("figures");
        assertThat(figures.path("lost").asInt(-1)).isZero();
        assertThat(figures.path("duplicates").asInt(-1)).isZero();
        for (String measured : new String[] {"rate", "cpu", "peak", "p50", "p99", "p999", "disk", "per_request"}) {
            assertThat(figures.path(measured).asDouble()).as(measured).isPositive();
        }
        assertThat(Files.readString(table))
                .contains("| records/s |", "| MB/s |", "| CPU s/M |", "| peak MB |", "| lost |", "| twice |")
                .containsPattern("\\| +p50 ms \\| +p99 ms \\| +p99.9 ms \\| disk B/B \\|")
                .containsPattern("(?m)^\\| S1 +~? *\\|.*\\| +0 \\| +0 \\|");
    }
}
