package logstream.deploy.templates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** cfn-lint has nothing to say about the templates: no error, no warning, no hint, and nothing is kept from it. */
class CfnLintTest {
    private static final String COMMAND = "cfn-lint";

    @TempDir
    private static Path folder;

    @BeforeAll
    static void isThere() {
        boolean there = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(each -> Files.isExecutable(Path.of(each, COMMAND)));
        if (there) {
            return;
        }
        if (Boolean.getBoolean("logstream.engines.required")) {
            fail(COMMAND + " is missing, and -Dlogstream.engines.required=true asks for it");
        }
        abort(COMMAND + " is missing: skipped (-Dlogstream.engines.required=true turns this into a failure)");
    }

    /** One more template, with a mistake, shows that it looks. One run for all, as each takes seconds. */
    @Test
    void itFindsTheOneMistakeAndNothingElse() throws Exception {
        Path mistaken = folder.resolve("mistaken.yaml");
        Files.writeString(
                mistaken, WrittenTemplate.of("kinesis").text().replace("StreamEncryption:", "StreamEncrypted:"));
        List<Path> templates = new ArrayList<>(WrittenTemplate.all().stream()
                .map(each -> WrittenTemplate.FOLDER.resolve(each.name() + ".yaml"))
                .toList());
        assertThat(templates).hasSizeGreaterThanOrEqualTo(6);
        templates.add(mistaken);

        assertThat(lint(templates))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).startsWith(mistaken + ":").contains("StreamEncrypted"));
    }

    @Test
    void nothingIsKeptFromIt() {
        assertThat(WrittenTemplate.all())
                .allSatisfy(each -> assertThat(each.text()).doesNotContainIgnoringCase("cfn-lint"));
    }

    /** What it says, a line each. In an empty folder, so that no configuration file of cfn-lint's is found. */
    private static List<String> lint(List<Path> templates) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(COMMAND, "--include-checks", "I", "--format", "parseable", "--template"));
        templates.forEach(each -> command.add(each.toAbsolutePath().normalize().toString()));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        try {
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(text).isNotZero();
            return text.lines().toList();
        } finally {
            process.destroyForcibly();
        }
    }
}
