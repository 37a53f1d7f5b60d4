package logstream.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The agent as its users start it: {@code agent/bin/logstream run --config}. It may be killed, or ended, and started again
 * on the same buffer; its figures are those of all its processes together.
 *
 * <p>Threading: one thread; {@link #close} from any.
 */
final class AgentProgram implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;
    private static final int LINES_SHOWN = 3;

    private final List<String> command;
    private final Map<String, String> environment;
    private final Path log;
    private Process process;
    private ProcessFigures before = ProcessFigures.NONE;
    private long startNanos;
    private volatile boolean mayEnd;
    private volatile Runnable ifItFails = () -> {};

    /**
     * @param launcher agent/bin/logstream
     * @param folder for configuration, log and buffer
     * @param environment beside this process's own
     */
    static AgentProgram start(Path launcher, Path folder, String yaml, Map<String, String> environment)
            throws IOException {
        Path config = Files.writeString(folder.resolve("logstream.yml"), yaml);
        return new AgentProgram(
                List.of(launcher.toString(), "run", "--config", config.toString()),
                environment,
                folder.resolve("agent.log"));
    }

    private AgentProgram(List<String> command, Map<String, String> environment, Path log) throws IOException {
        this.command = command;
        this.environment = environment;
        this.log = log;
        this.startNanos = System.nanoTime();
        this.process = begin();
    }

    private Process begin() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("AWS_"));
        builder.environment().put("AWS_EC2_METADATA_DISABLED", "true");
        builder.environment().putAll(environment);
        mayEnd = false;
        Process begun = builder.start();
        var _ = begun.onExit().thenRun(() -> {
            if (!mayEnd) {
                ifItFails.run();
            }
        });
        return begun;
    }

    /** {@link System#nanoTime} before the last start. */
    long startNanos() {
        return startNanos;
    }

    /** What is to be done when the agent ends by itself; called on a thread of its own. */
    void whenItFails(Runnable action) {
        ifItFails = action;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    ProcessFigures figures() throws RunFailedException {
        try {
            return before.then(ProcessFigures.of(process.pid()));
        } catch (IOException e) {
            throw failed("the agent has ended", e);
        }
    }

    void killAndStart() throws IOException, RunFailedException {
        before = figures();
        mayEnd = true;
        process.destroyForcibly();
        awaitEnd();
        startNanos = System.nanoTime();
        process = begin();
    }

    void terminateAndStart() throws IOException, RunFailedException {
        before = figures();
        terminate();
        startNanos = System.nanoTime();
        process = begin();
    }

    /** SIGTERM. */
    void terminate() throws RunFailedException {
        if (!process.isAlive()) {
            throw failed("no agent to end", null);
        }
        mayEnd = true;
        process.destroy();
        int exitCode = awaitEnd();
        if (exitCode != 0) {
            throw failed("exit code " + exitCode + " after SIGTERM", null);
        }
    }

    private int awaitEnd() throws RunFailedException {
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw failed("the agent did not end within " + PATIENCE_SECONDS + " s", null);
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RunFailedException("interrupted", e);
        }
    }

    /** The failure of a run; if the agent ended by itself, that is what it tells. */
    RunFailedException failed(String what, @Nullable Exception cause) {
        boolean ended = !process.isAlive() && !mayEnd;
        String reason = ended ? "the agent ended by itself with code " + process.exitValue() : what;
        return new RunFailedException(reason + "; the end of " + log + ":\n" + lastWords(), cause);
    }

    private String lastWords() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size()));
        } catch (IOException e) {
            return "(they cannot be read: " + e + ")";
        }
    }

    @Override
    public void close() {
        mayEnd = true;
        process.destroyForcibly();
    }
}
