package logstream.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Help and wrong usage as the user sees them. With {@code -Dgolden.write=true} the help texts are written anew. */
class HelpTest {
    private final Tool tool = new Tool();

    @AfterEach
    void close() {
        tool.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "logstream-deploy",
                "launch",
                "update",
                "watch",
                "status",
                "list",
                "delete",
                "template",
                "docker-options",
                "completion"
            })
    void helpIsAsWritten(String command) throws IOException {
        Tool.Outcome outcome =
                command.equals("logstream-deploy") ? tool.runPlain("--help") : tool.runPlain(command, "--help");

        Golden.check("help-" + command + ".txt", outcome.out());
        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out().lines()).allMatch(line -> line.length() <= 100);
        assertThat(outcome.out()).contains("Exit codes:", "Examples:");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            lanch                        | logstream-deploy: there is no command 'lanch'; did you mean launch?
            launch logs                  | logstream-deploy launch: Missing required option: '--template=TEMPLATE'
            launch logs -t kineses       | logstream-deploy launch: Invalid value for option '--template': there is no template 'kineses'; there are kinesis, alert, agent-role, consumer-role, agents, ecs-daemon
            launch 9 -t kinesis          | logstream-deploy launch: Invalid value for positional parameter at index 0 (NAME): '9' is no name of a stack: a letter, then up to 127 letters, digits and hyphens
            launch a -t kinesis --timeout 5 | logstream-deploy launch: Invalid value for option '--timeout': '5' is no time such as 90s, 15m or 2h
            launch a -t kinesis --timeout 25h | logstream-deploy launch: Invalid value for option '--timeout': '25h' is not between 1s and 24h
            launch a -t kinesis --shards 2    | logstream-deploy launch: there is no option --shards; did you mean --shard-count?
            watch a b                    | logstream-deploy watch: 'b' is one argument too many
            docker-options --app a/b/c   | logstream-deploy docker-options: Missing required option: '--manifest=ENV/ROLE/NAME'
            docker-options --app a/b/c --manifest a/b/c --format swarm | logstream-deploy docker-options: Invalid value for option '--format': 'swarm' is none of docker, compose, ecs, kubernetes, daemon.json, nomad
            docker-options --app a/b/c --manifest a/b/c --docker-version 1.9 | logstream-deploy docker-options: Invalid value for option '--docker-version': '1.9' is older than 17.12, the oldest whose options are known here
            """)
    void wrongUsageIsSaidInASentence(String arguments, String sentence) {
        Tool.Outcome outcome = tool.runPlain(arguments.split(" +"));

        assertThat(outcome.err().lines().findFirst()).contains(sentence);
        assertThat(outcome.err().lines()).hasSize(2);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void withoutACommandThereIsHelp() {
        Tool.Outcome outcome = tool.runPlain();

        assertThat(outcome.err()).startsWith("logstream-deploy: a command is missing\n\nUsage: logstream-deploy");
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void anEndpointIsAUrl() {
        Tool.Outcome outcome = tool.runPlain("list", "--endpoint-url", "localhost");

        assertThat(outcome.err())
                .isEqualTo("logstream-deploy: --endpoint-url 'localhost' is no URL with a host, such as"
                        + " http://127.0.0.1:5000\n");
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void outsideOfAJarTheVersionIsDevelopment() {
        assertThat(tool.runPlain("--version").out()).startsWith("logstream-deploy development (Java ");
    }

    @Test
    void theCompletionKnowsCommandsAndOptions() {
        assertThat(tool.runPlain("completion").out())
                .contains("--shard-count", "docker-options", "_complete_logstream");
    }
}
