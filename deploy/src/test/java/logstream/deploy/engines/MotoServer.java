package logstream.deploy.engines;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/**
 * moto's server (Python) with what its CloudFormation lacks for our stacks, see {@code moto_server.py} beside the tests'
 * other resources. One plain port; state in memory, empty at the start. It ends with this JVM, too.
 */
public final class MotoServer implements AutoCloseable {
    private static final String PYTHON = "python3";
    private static final int LONGEST_START_SECONDS = 60;

    private final HttpClient client = HttpClient.newHttpClient();
    private final Process process;
    private final Path output;
    private final int port;
    private final Thread atExit = new Thread(this::kill);

    private MotoServer(Path folder) {
        Path script = folder.resolve("moto_server.py");
        output = folder.resolve("moto.log");
        port = freePort();
        try (InputStream in = MotoServer.class.getResourceAsStream("/logstream/deploy/engines/moto_server.py")) {
            if (in == null) {
                throw new IllegalStateException("moto_server.py is missing among the tests' resources");
            }
            Files.write(script, in.readAllBytes());
            process = new ProcessBuilder(PYTHON, script.toString(), "-H", "127.0.0.1", "-p", Integer.toString(port))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** Whether there is a Python with moto's server. */
    public static boolean isAvailable() {
        try {
            Process asked = new ProcessBuilder(PYTHON, "-c", "import moto.server")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!asked.waitFor(LONGEST_START_SECONDS, TimeUnit.SECONDS)) {
                asked.destroyForcibly();
                return false;
            }
            return asked.exitValue() == 0;
        } catch (IOException noPython) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns when it answers connections. */
    public static MotoServer start(Path folder) {
        MotoServer moto = new MotoServer(folder);
        try {
            Awaitility.await("moto is open")
                    .atMost(LONGEST_START_SECONDS, TimeUnit.SECONDS)
                    .until(() -> moto.isOpen() || !moto.process.isAlive());
            if (!moto.process.isAlive()) {
                throw new IllegalStateException("moto ended: " + Files.readString(moto.output));
            }
            return moto;
        } catch (RuntimeException e) {
            moto.close();
            throw e;
        } catch (IOException e) {
            moto.close();
            throw new UncheckedIOException(e);
        }
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Makes a call of the Query protocol, past the program under test; returns the XML. */
    public String query(String service, Map<String, String> arguments) {
        String body = arguments.entrySet().stream()
                .map(one -> one.getKey() + "=" + URLEncoder.encode(one.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return post(
                service, HttpRequest.newBuilder().header("Content-Type", "application/x-www-form-urlencoded"), body);
    }

    /** Makes a call to Kinesis, past the program under test; returns the JSON. */
    public String kinesis(String action, String json) {
        HttpRequest.Builder request = HttpRequest.newBuilder()
                .header("Content-Type", "application/x-amz-json-1.1")
                .header("X-Amz-Target", "Kinesis_20131202." + action);
        return post("kinesis", request, json);
    }

    /** moto tells services by the scope of the signature, which it does not check. */
    private String post(String service, HttpRequest.Builder request, String body) {
        String signature = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/" + service
                + "/aws4_request, SignedHeaders=host, Signature=0";
        try {
            HttpResponse<String> answer = client.send(
                    request.uri(endpoint().resolve("/"))
                            .header("Authorization", signature)
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException("moto answered " + answer.statusCode() + ": " + answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isOpen() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    private void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    @Override
    public void close() {
        kill();
        process.onExit().join();
        client.close();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException _) {
            // The JVM is ending, and the hook does the same.
        }
    }
}
