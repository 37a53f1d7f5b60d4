package logstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import logstream.local.LocalKinesis;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code check} and {@code config show} as the user sees them. */
class CheckCommandTest {
    @TempDir
    private Path folder;

    private record Outcome(int exitCode, String out, String err) {}

    private static Outcome execute(Object... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        List<String> texts = new ArrayList<>();
        for (Object argument : arguments) {
            texts.add(argument.toString());
        }
        int exitCode = Logstream.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(texts.toArray(String[]::new));
        return new Outcome(exitCode, out.toString(), err.toString());
    }

    private Path file(String yaml) throws IOException {
        return Files.writeString(folder.resolve("logstream.yml"), yaml);
    }

    @Test
    void aRightFileIsSaidToBeRight() throws IOException {
        Path file = file("kinesis: {stream: logs}");

        assertThat(execute("check", file)).isEqualTo(new Outcome(0, file + ": nothing is wrong\n", ""));
    }

    @Test
    void everythingWrongIsTold() throws IOException {
        Path file = file("kinesis:\n  regoin: x\nbuffer:\n  max_chunks: 0\n");
        Outcome outcome = execute("check", file);

        assertThat(outcome.exitCode).isEqualTo(ExitCode.USAGE);
        assertThat(outcome.err)
                .startsWith("logstream: " + file + ": 3 problems\n")
                .contains("line 2", "line 4");
        assertThat(outcome.err).doesNotContain("Nothing was started");
    }

    @Test
    void onlineTellsWhatIsThereAndWhatIsMissing() throws IOException {
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            Path file = file("kinesis: {stream: logs, endpoint_url: '%s'}".formatted(kinesis.endpoint()));
            Outcome missing = execute("check", "--online", file);
            kinesis.createStream("logs", 1);
            Outcome there = execute("check", "--online", file);

            assertThat(missing.exitCode).isEqualTo(ExitCode.FAILED);
            assertThat(missing.out)
                    .contains("MISSING      kinesis:DescribeStreamSummary: ResourceNotFound", "Create the stream");
            assertThat(there.exitCode).isZero();
            assertThat(there.out)
                    .contains("ok           kinesis:PutRecords: allowed", "ok           credentials: access key ")
                    .doesNotContain("MISSING");
        }
    }

    @Test
    void showTellsWhereEachValueIsFrom() throws IOException {
        Path file = file("kinesis:\n  stream: logs\n  proxy: http://me:geheim@proxy:3128\n");
        Outcome outcome = execute("config", "show", file);

        assertThat(outcome.exitCode).isZero();
        assertThat(outcome.out.lines())
                .anyMatch(line -> line.matches("kinesis\\.stream +line 2 +logs"))
                .anyMatch(line -> line.matches("kinesis\\.proxy +line 3 +http://\\(secret\\)@proxy:3128"))
                .anyMatch(line -> line.matches("kinesis\\.region +default +\\(not set\\)"))
                .anyMatch(line -> line.matches("kinesis\\.linger +default +200ms"));
        assertThat(outcome.out).doesNotContain("geheim");
    }

    @Test
    void showTellsProgramsTheSame() throws IOException {
        Outcome outcome = execute("config", "show", "--json", file("kinesis:\n  stream: logs\n"));
        JsonNode stream = new ObjectMapper()
                .readTree(outcome.out
                        .lines()
                        .filter(line -> line.contains("\"kinesis.stream\""))
                        .findFirst()
                        .orElseThrow());

        assertThat(stream.path("value").asText()).isEqualTo("logs");
        assertThat(stream.path("line").asInt()).isEqualTo(2);
        assertThat(stream.path("reloadable").asBoolean(true)).isFalse();
    }
}
