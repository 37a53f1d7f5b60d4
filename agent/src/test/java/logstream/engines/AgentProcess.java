package logstream.engines;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One run of the built program that goes on until it is told to end: an agent, as its users start it. Made and ended by
 * {@link Program}.
 *
 * <p>Threading: any thread; two daemon threads read what the process says.
 */
public final class AgentProcess {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int LINES_KEPT = 2_000;
    private static final Pattern LISTENING =
            Pattern.compile("listening forward=tcp://127\\.0\\.0\\.1:(\\d+)\\S* monitor=127\\.0\\.0\\.1:(\\d+)");

    private final Process process;
    private final Deque<String> lines = new ArrayDeque<>();
    private final CompletableFuture<Ports> ports = new CompletableFuture<>();

    private record Ports(int forward, int monitor) {}

    AgentProcess(Process process) {
        this.process = process;
        read(
                "errors",
                process.getErrorStream(),
                () -> ports.completeExceptionally(new IllegalStateException("it ended")));
        read("output", process.getInputStream(), () -> {});
    }

    /** Waits until the program says that it listens. */
    public int forwardPort() {
        return awaitPorts().forward();
    }

    /** Waits until the program says that it listens. */
    public int monitorPort() {
        return awaitPorts().monitor();
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Everything the program has said so far, the last {@value #LINES_KEPT} lines of it. */
    public String output() {
        synchronized (lines) {
            return String.join("\n", lines);
        }
    }

    /** SIGKILL: the program gets no chance to do anything more. Returns when it is gone. */
    public void kill9() {
        process.destroyForcibly();
        awaitExit();
    }

    /** SIGTERM; returns the exit code. */
    public int terminate() {
        process.destroy();
        return awaitExit();
    }

    /** Waits for the end of the program, at most a minute; returns the exit code. */
    public int awaitExit() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("the program did not end within " + PATIENCE + ":\n" + output());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** The metrics page: each sample by its name and labels as they stand there, {@code name{label="value"}}. */
    public Map<String, Double> metrics() {
        Map<String, Double> samples = new HashMap<>();
        for (String line : get("/metrics").body().lines().toList()) {
            int end = line.lastIndexOf(' ');
            if (!line.startsWith("#") && end > 0) {
                samples.put(line.substring(0, end), Double.valueOf(line.substring(end + 1)));
            }
        }
        return samples;
    }

    /** The status code of {@code /healthz}. */
    public int health() {
        return get("/healthz").statusCode();
    }

    /** What the monitor answers under a path, whatever its status code. */
    public String monitorPage(String path) {
        return get(path).body();
    }

    private HttpResponse<String> get(String path) {
        URI page = URI.create("http://127.0.0.1:" + monitorPort() + path);
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(page).timeout(PATIENCE).build();
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(page + " did not answer; the program said:\n" + output(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private Ports awaitPorts() {
        try {
            return ports.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the program does not listen; it said:\n" + output(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private void read(String what, InputStream stream, Runnable atEnd) {
        Thread.ofPlatform().daemon().name(what + " of " + process.pid()).start(() -> {
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    keep(line);
                }
            } catch (IOException e) {
                keep("(its " + what + " broke off: " + e + ")");
            } finally {
                atEnd.run();
            }
        });
    }

    private void keep(String line) {
        synchronized (lines) {
            if (lines.size() == LINES_KEPT) {
                lines.removeFirst();
            }
            lines.addLast(line);
        }
        Matcher listening = LISTENING.matcher(line);
        if (listening.find()) {
            ports.complete(new Ports(Integer.parseInt(listening.group(1)), Integer.parseInt(listening.group(2))));
        }
    }

    /** Ends the program, whatever it is doing. */
    void end() {
        for (ProcessHandle child : process.descendants().toList()) {
            child.destroyForcibly();
        }
        process.destroyForcibly();
    }

    /** For the report of a failed test. */
    List<String> said() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }
}
