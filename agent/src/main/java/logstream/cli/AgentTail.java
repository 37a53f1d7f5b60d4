package logstream.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Shows the lines that a running agent takes, as its monitor sends them: server-sent events.
 *
 * <p>Threading: confined to one thread.
 */
final class AgentTail {
    private static final int CONNECT_MILLIS = 10_000;

    /** Several times the five seconds after which the agent gives a sign of life. */
    private static final int SILENCE_MILLIS = 30_000;

    private static final int MOST_REASON = 500;

    private final URI agent;
    private final TailFormat format;
    private final PrintWriter errors;

    AgentTail(URI agent, TailFormat format, PrintWriter errors) {
        this.agent = agent;
        this.format = format;
        this.errors = errors;
    }

    /** What is asked for, as a part of an address. */
    static String query(Optional<String> tag, Optional<String> container, Optional<String> grep) {
        return Stream.of(parameter("tag", tag), parameter("container", container), parameter("grep", grep))
                .flatMap(Optional::stream)
                .collect(Collectors.joining("&"));
    }

    private static Optional<String> parameter(String name, Optional<String> value) {
        return value.map(text -> name + "=" + URLEncoder.encode(text, StandardCharsets.UTF_8));
    }

    /**
     * Prints until the agent ends.
     *
     * @throws Failure when the agent cannot be asked, does not answer, or refuses
     * @throws IOException when nobody reads the output any more
     */
    void run(String query, Optional<Path> tokenFile, OutputStream out) throws Failure, IOException {
        HttpURLConnection connection = open(query, tokenFile);
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(answer(connection), StandardCharsets.UTF_8))) {
            String kind = "";
            for (String line = next(lines); line != null; line = next(lines)) {
                if (line.startsWith("event: ")) {
                    kind = line.substring("event: ".length());
                } else if (line.startsWith("data: ")) {
                    show(kind, line.substring("data: ".length()), out);
                } else {
                    kind = "";
                }
                if (!lines.ready()) {
                    out.flush();
                }
            }
        } finally {
            connection.disconnect();
        }
    }

    private HttpURLConnection open(String query, Optional<Path> tokenFile) throws Failure {
        String base = agent.toString().replaceFirst("/+$", "");
        try {
            URI uri = URI.create(base + "/api/tail" + (query.isEmpty() ? "" : "?" + query));
            if (!(uri.toURL().openConnection() instanceof HttpURLConnection connection)) {
                throw new Failure(ExitCode.USAGE, "--agent " + agent + " is no address of HTTP");
            }
            connection.setConnectTimeout(CONNECT_MILLIS);
            connection.setReadTimeout(SILENCE_MILLIS);
            connection.setRequestProperty("Accept", "text/event-stream");
            if (tokenFile.isPresent()) {
                connection.setRequestProperty("Authorization", "Bearer " + token(tokenFile.get()));
            }
            return connection;
        } catch (IOException | IllegalArgumentException e) {
            throw new Failure(
                    ExitCode.USAGE, "--agent " + agent + " is no address of HTTP, such as http://127.0.0.1:24220", e);
        }
    }

    private static String token(Path file) throws Failure {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, "the token file " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private InputStream answer(HttpURLConnection connection) throws Failure {
        try {
            int status = connection.getResponseCode();
            if (status == HttpURLConnection.HTTP_OK) {
                return connection.getInputStream();
            }
            throw new Failure(
                    ExitCode.FAILED, "the agent at " + agent + " refuses with " + status + ": " + reason(connection));
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, "the agent at " + agent + " does not answer: " + e.getMessage(), e);
        }
    }

    private static String reason(HttpURLConnection connection) throws IOException {
        try (InputStream body = connection.getErrorStream()) {
            return body == null
                    ? "no reason"
                    : TerminalText.safe(new String(body.readNBytes(MOST_REASON), StandardCharsets.UTF_8).strip());
        }
    }

    /** Null at the end. */
    private @Nullable String next(BufferedReader lines) throws Failure {
        try {
            return lines.readLine();
        } catch (IOException e) {
            throw new Failure(ExitCode.FAILED, "the agent at " + agent + " has gone: " + e.getMessage(), e);
        }
    }

    private void show(String kind, String data, OutputStream out) throws IOException {
        switch (kind) {
            case "line" -> {
                Optional<byte[]> line = format.line(data.getBytes(StandardCharsets.UTF_8));
                if (line.isPresent()) {
                    out.write(line.get());
                }
            }
            case "missed" -> {
                out.flush();
                errors.println("logstream: not looked at, as more came than a viewer is given: " + data);
                errors.flush();
            }
            default -> {} // Of a newer agent, or the end, which the end of the answer tells, too.
        }
    }
}
