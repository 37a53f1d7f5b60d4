package logstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** Help and wrong usage as the user sees them. With {@code -Dgolden.write=true} the help texts are written anew. */
class HelpTest {
    private static final Path FOLDER = Path.of("src/test/resources/logstream/cli");

    private record Outcome(int exitCode, String out, String err) {}

    private static Outcome execute(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Logstream.commandLine()
                .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        return new Outcome(exitCode, out.toString(), err.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "logstream",
                "run",
                "tail",
                "send",
                "local",
                "completion",
                "buffer",
                "buffer ls",
                "buffer verify",
                "buffer dump",
                "buffer import",
                "dead-letters",
                "dead-letters ls",
                "dead-letters show",
                "dead-letters replay",
                "dead-letters purge",
                "drain",
                "check",
                "config",
                "config show",
                "convert-config"
            })
    void helpIsAsWritten(String command) throws IOException {
        List<String> arguments =
                new ArrayList<>(command.equals("logstream") ? List.of() : List.of(command.split(" ", -1)));
        arguments.add("--help");
        Outcome outcome = execute(arguments.toArray(String[]::new));

        Path golden = FOLDER.resolve("help-" + command.replace(' ', '-') + ".txt");
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(golden, outcome.out);
        }
        assertThat(outcome.exitCode).isZero();
        assertThat(outcome.err).isEmpty();
        assertThat(outcome.out).isEqualTo(Files.readString(golden)).endsWith("\n");
        assertThat(outcome.out.lines()).allMatch(line -> line.length() <= 100);
        assertThat(outcome.out).contains("Exit codes:", "Examples:");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            rnu                          | logstream: there is no command 'rnu'; did you mean run?
            --colour                     | logstream: there is no option --colour
            run                          | logstream run: --config FILE or --local is missing; --local needs nothing else
            run --confg x                | logstream run: there is no option --confg; did you mean --config?
            run --local --config x       | logstream run: --config and --local exclude each other: --local needs no configuration
            run --local --local-port x   | logstream run: Invalid value for option '--local-port': 'x' is no port, 0 to 65535 (0 takes a free one)
            run -c x --forward-port 1    | logstream run: --local-port, --forward-port, --monitor-port and --buffer go with --local; a configuration has settings for them
            tail a b                     | logstream tail: 'b' is one argument too many
            tail --from yesterday        | logstream tail: Invalid value for option '--from': 'yesterday' is not trim-horizon, latest, a moment such as 2026-01-31T09:30:00Z, or a duration such as 5m
            tail --endpoint-url foo      | logstream tail: --endpoint-url 'foo' is no URL with a host, such as http://127.0.0.1:4567
            send --source x              | logstream send: --source 'x' is neither stdout nor stderr
            send --address ::1           | logstream send: Invalid value for option '--address': '::1' is no HOST:PORT; an IPv6 address needs brackets
            send --ack-timeout 5         | logstream send: Invalid value for option '--ack-timeout': '5': The unit is missing: ms, s, m, h or d
            buffer                       | logstream buffer: a command is missing: ls, verify, dump or import
            buffer lss                   | logstream buffer: there is no command 'lss'; did you mean ls?
            buffer ls a --config b       | logstream buffer ls: DIR and --config exclude each other
            buffer dump --limit 0        | logstream buffer dump: --limit 0 is less than 1
            buffer import                | logstream buffer import: DIR is missing: the folder in which fluentd kept its buffer
            buffer import a --into b -c c | logstream buffer import: --into and --config exclude each other
            dead-letters                 | logstream dead-letters: a command is missing: ls, show, replay or purge
            dead-letters show --limit 0  | logstream dead-letters show: --limit 0 is less than 1
            dead-letters purge           | logstream dead-letters purge: say which: --file, --match, --older, --newer, or --all
            dead-letters purge --all --older 1d | logstream dead-letters purge: --all excludes --file, --match, --older and --newer
            dead-letters purge --all --json     | logstream dead-letters purge: --json goes with --yes: nobody is asked then
            dead-letters replay --older 1x      | logstream dead-letters replay: Invalid value for option '--older': '1x': Units of time are ms, s, m (minutes), h and d
            drain --timeout 31d          | logstream drain: --timeout is longer than 30d
            drain a b                    | logstream drain: 'b' is one argument too many
            check                        | logstream check: Missing required parameter: 'FILE'
            config                       | logstream config: a command is missing: show
            config shwo                  | logstream config: there is no command 'shwo'; did you mean show?
            local --stream x             | logstream local: Invalid value for option '--stream' (NAME:SHARDS): 'x' is no NAME:SHARDS, such as lines:4
            """)
    void wrongUsageIsSaidInASentence(String arguments, String sentence) {
        Outcome outcome = execute(arguments.split(" +"));

        assertThat(outcome.err.lines().findFirst()).contains(sentence);
        assertThat(outcome.err.lines()).hasSize(2);
        assertThat(outcome.out).isEmpty();
        assertThat(outcome.exitCode).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void eachCommandIsCalledAsItCallsItself() {
        Logstream.commandLine()
                .getSubcommands()
                .forEach((name, command) ->
                        assertThat(command.getCommandSpec().name()).isEqualTo(name));
        assertThat(Logstream.commandLine(Set.of("run")).getSubcommands()).containsOnlyKeys("run");
    }

    @Test
    void withoutACommandThereIsHelp() {
        Outcome outcome = execute();

        assertThat(outcome.err).startsWith("logstream: a command is missing\n\nUsage: logstream");
        assertThat(outcome.exitCode).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aWrongConfigurationIsWrongUsage() {
        Outcome outcome = execute("run", "--config", "/missing.yml");

        assertThat(outcome.err)
                .isEqualTo(
                        "logstream: /missing.yml: 1 problem\n  does not exist; check the path\nNothing was started.\n");
        assertThat(outcome.exitCode).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void outsideOfAJarTheVersionIsDevelopment() {
        assertThat(execute("--version").out).startsWith("logstream development (Java ");
    }

    @Test
    void theCompletionKnowsCommandsAndOptions() {
        assertThat(execute("completion").out).contains("--endpoint-url", "--container-name", "_complete_logstream");
    }
}
