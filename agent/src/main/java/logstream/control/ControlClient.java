package logstream.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the agent that uses a folder to do something.
 *
 * <p>Threading: stateless.
 */
public final class ControlClient {
    private static final Logger LOG = LoggerFactory.getLogger(ControlClient.class);

    private ControlClient() {}

    /** Whether an agent answers for this folder. */
    public static boolean answers(Path folder) {
        try (SocketChannel _ = connect(folder)) {
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    /**
     * Asks, and waits until it is done.
     *
     * @param request what else the command needs; its name is added
     * @param silence longest wait for the next word of the agent
     * @throws NoAgentException when nobody answers
     * @throws RefusedException with the agent's sentence
     * @throws IOException when the agent ends, or is silent, before it is done
     */
    public static ObjectNode ask(
            Path folder, String command, ObjectNode request, Duration silence, Consumer<ObjectNode> onProgress)
            throws IOException, RefusedException {
        try (Lines lines = new Lines(connect(folder))) {
            write(lines, ControlSocket.line(request.put(ControlSocket.COMMAND, command)));
            while (true) {
                String line =
                        lines.read(silence).orElseThrow(() -> new IOException("the agent ended before it was done"));
                ObjectNode answer = ControlSocket.parse(line);
                JsonNode refused = answer.get(ControlSocket.REFUSED);
                if (refused != null) {
                    throw new RefusedException(refused.asText());
                }
                if (answer.get(ControlSocket.DONE) instanceof ObjectNode done) {
                    return done;
                }
                if (answer.get(ControlSocket.PROGRESS) instanceof ObjectNode soFar) {
                    onProgress.accept(soFar);
                }
            }
        }
    }

    /** An agent that is busy says so and hangs up without reading: what it says is read all the same. */
    private static void write(Lines lines, String request) {
        try {
            lines.write(request, ControlSocket.PATIENCE);
        } catch (IOException e) {
            LOG.debug("The agent does not read: {}", e.toString());
        }
    }

    private static SocketChannel connect(Path folder) throws IOException {
        Path socket = ControlSocket.in(folder);
        if (!ControlSocket.fits(folder)) {
            throw new NoAgentException("the path of its socket " + socket + " is longer than the "
                    + ControlSocket.MAX_PATH_BYTES + " bytes that a socket may have");
        }
        if (Files.notExists(socket)) {
            throw new NoAgentException("there is no socket " + socket);
        }
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return channel;
        } catch (IOException e) {
            channel.close();
            throw new NoAgentException("nobody answers at " + socket + " (" + e.getMessage() + ")", e);
        }
    }
}
