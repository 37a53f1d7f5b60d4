package logstream.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import logstream.deploy.docker.LogFormat;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** What the README tells to type can be typed, and what it shows is what is printed. */
class ReadmeTest {
    private static final Path README = Path.of("README.md");
    private static final Pattern COMMAND = Pattern.compile("logstream-deploy ([a-z][^`\n)]*)");

    private static CommandLine program() {
        World world = new World(time -> true, () -> Instant.EPOCH, question -> Optional.empty(), Map.of());
        return LogstreamDeploy.commandLine(world);
    }

    @Test
    void everyCommandIsUnderstood() throws IOException {
        Matcher found = COMMAND.matcher(Files.readString(README));
        int commands = 0;
        while (found.find()) {
            List<String> words = Arrays.asList(found.group(1).strip().split(" +", -1));
            program().parseArgs(words.toArray(String[]::new));
            commands++;
        }
        assertThat(commands).isGreaterThan(10);
    }

    @Test
    void everyCommandIsTold() throws IOException {
        assertThat(Files.readString(README))
                .contains(program().getSubcommands().keySet().stream()
                        .filter(command -> !command.equals("completion"))
                        .map(command -> "logstream-deploy " + command)
                        .toArray(String[]::new));
    }

    @Test
    void everyExitCodeIsTold() throws IOException {
        String readme = Files.readString(README);
        String help = Files.readString(Path.of("src/test/resources/logstream/deploy/golden/help-logstream-deploy.txt"));
        for (Field code : ExitCode.class.getDeclaredFields()) {
            String value = exitCode(code);
            assertThat(readme).contains("\n| " + value + " | ");
            assertThat(help).containsPattern("(?m)^  " + value + " +\\S");
        }
    }

    private static String exitCode(Field code) {
        try {
            return String.valueOf(code.getInt(null));
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theStatusIsAsPrinted() throws IOException {
        assertThat(Files.readString(README))
                .contains("```\n" + Files.readString(Path.of("src/test/resources/logstream/deploy/golden/status.txt"))
                        + "```\n");
    }

    @Test
    void everyFormatIsTold() throws IOException {
        String readme = Files.readString(README);
        assertThat(Stream.of(LogFormat.values()).map(format -> "`" + format.word() + "`"))
                .allMatch(readme::contains);
    }
}
