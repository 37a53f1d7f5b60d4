package logstream.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Asks the running agent whether it lives: a program of its own for health checks, which run every few seconds and where
 * there is no curl. It uses nothing of the other classes: with them it would take ten times the time and, in a container, memory
 * that the agent's limit does not have.
 *
 * <p>Where to ask is in a file that the agent writes when it starts, named by {@value #FILE} to both: a line with address
 * and port, such as {@code 127.0.0.1 24220}.
 */
public final class HealthProbe {
    private static final String FILE = "logstream.monitor.file";

    /** Shorter than what health checks are given. */
    private static final int PATIENCE_MILLIS = 3_000;

    private static final String HEALTHY = "HTTP/1.1 200";

    private HealthProbe() {}

    /** Ends with exit code 0 if the agent answers, else with 1 and a sentence. */
    public static void main(String[] arguments) {
        System.exit(ask(Path.of(System.getProperty(FILE, "")), System.err) ? 0 : 1);
    }

    /** Whether an agent answers where this file says. */
    static boolean ask(Path file, PrintStream err) {
        String place = file.toString();
        try (Socket socket = new Socket()) {
            String[] words = Files.readString(file).strip().split(" ", 2);
            int port = Integer.parseInt(words[words.length - 1]);
            place = words[0] + " " + port;
            InetAddress bound = InetAddress.getByName(words[0]);
            InetAddress address = bound.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : bound;
            socket.connect(new InetSocketAddress(address, port), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            String request = "GET /healthz HTTP/1.1\r\nHost: " + hostHeader(address) + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String status = new String(socket.getInputStream().readNBytes(HEALTHY.length()), StandardCharsets.US_ASCII);
            if (status.equals(HEALTHY)) {
                return true;
            }
            err.println("the agent at " + place + " answers '" + status + "'");
        } catch (IOException | IllegalArgumentException e) {
            err.println("no agent answers at " + place + ": " + e);
        }
        return false;
    }

    /** The monitoring port answers only to names that are its own: an address is one, IPv6 in brackets. */
    private static String hostHeader(InetAddress address) {
        String text = address.getHostAddress();
        return address instanceof Inet6Address ? "[" + text + "]" : text;
    }

    /**
     * Writes down where to ask, if the launcher names a file for it.
     *
     * @throws IOException when it cannot be written
     */
    static void tellWhere(String address, int port) throws IOException {
        String file = System.getProperty(FILE, "");
        if (!file.isEmpty()) {
            Files.writeString(Path.of(file), address + " " + port + "\n");
        }
    }
}
