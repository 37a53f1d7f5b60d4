package logstream.deploy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import logstream.deploy.fake.FakeAws;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** The program in this process, before a fake AWS in which time passes only while the program pauses. */
final class Tool implements AutoCloseable {
    static {
        System.setProperty("aws.accessKeyId", "test");
        System.setProperty("aws.secretAccessKey", "secret-of-the-test");
    }

    final FakeAws aws = new FakeAws();
    final Deque<String> answers = new ArrayDeque<>();
    final List<String> questions = new ArrayList<>();
    final Map<String, String> environment = new HashMap<>();

    private Instant now = Instant.parse("2026-03-01T12:00:00Z");
    private int pausesUntilLeft = Integer.MAX_VALUE;

    /** What a command printed, with URL in the place of the fake's address, and how it ended. */
    record Outcome(int exitCode, String out, String err) {}

    /** The user presses Ctrl-C in this pause, counted from 1. */
    Tool leaveInPause(int number) {
        pausesUntilLeft = number;
        return this;
    }

    /** Runs a command without touching AWS' options. */
    Outcome runPlain(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        World world = new World(this::pause, () -> now, this::ask, environment);
        int exitCode = LogstreamDeploy.commandLine(world)
                .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        pausesUntilLeft = Integer.MAX_VALUE;
        return new Outcome(exitCode, shown(out), shown(err));
    }

    /** Runs a command against the fake. */
    Outcome run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--region", "eu-west-1", "--endpoint-url", aws.url()));
        return runPlain(all.toArray(String[]::new));
    }

    private String shown(StringWriter text) {
        return text.toString().replace(aws.url(), "URL");
    }

    private boolean pause(Duration time) {
        pausesUntilLeft--;
        if (pausesUntilLeft == 0) {
            return false;
        }
        now = now.plus(time);
        aws.advance();
        return true;
    }

    private Optional<String> ask(String question) {
        questions.add(question);
        return Optional.ofNullable(answers.poll());
    }

    @Override
    public void close() {
        aws.close();
    }
}
