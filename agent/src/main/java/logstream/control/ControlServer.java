package logstream.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's end of the control socket.
 *
 * <p>Who may open the socket's file may command the agent: it has mode 0600 from the moment at which it can be reached. It
 * takes the place of one that an agent left behind which did not end in order.
 *
 * <p>At most {@value #CONNECTIONS} requests at once; more are refused with a sentence.
 *
 * <p>Threading: one thread accepts, one serves each connection.
 */
public final class ControlServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);
    private static final int CONNECTIONS = 4;
    private static final int BACKLOG = 16;

    /** The socket is made in this folder, which nobody else may enter, and then moved to where it can be reached. */
    private static final String CRADLE = ".new";

    /** At the end, the last answers are waited for. */
    private static final Duration LAST_ANSWERS = Duration.ofSeconds(2);

    private static final Duration ACCEPT_AGAIN = Duration.ofSeconds(1);

    private final Path socket;
    private final ServerSocketChannel listener;
    private final Map<String, ControlAction> actions;
    private final Duration patience;
    private final Semaphore slots = new Semaphore(CONNECTIONS);
    private final Set<Lines> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(
            Thread.ofPlatform().daemon().name("control-", 0).factory());

    private ControlServer(
            Path socket, ServerSocketChannel listener, Map<String, ControlAction> actions, Duration patience) {
        this.socket = socket;
        this.listener = listener;
        this.actions = new TreeMap<>(actions);
        this.patience = patience;
    }

    /**
     * Opens the socket.
     *
     * @param folder of the buffer, to which the agent holds the lock
     * @param actions by the name of their command
     * @throws IOException with a sentence when there can be none
     */
    public static ControlServer start(Path folder, Map<String, ControlAction> actions) throws IOException {
        return start(folder, actions, ControlSocket.PATIENCE);
    }

    /** @param patience for a request to come, and for an answer to be taken */
    static ControlServer start(Path folder, Map<String, ControlAction> actions, Duration patience) throws IOException {
        Path socket = ControlSocket.in(folder);
        if (!ControlSocket.fits(folder)) {
            throw new IOException("the path " + socket + " is longer than the " + ControlSocket.MAX_PATH_BYTES
                    + " bytes that a socket may have");
        }
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            bind(listener, socket);
        } catch (IOException e) {
            listener.close();
            throw e;
        } catch (UnsupportedOperationException e) {
            listener.close();
            throw new IOException("the file system of " + folder + " has no sockets, or no permissions", e);
        }
        ControlServer server = new ControlServer(socket, listener, actions, patience);
        Thread.ofPlatform().daemon().name("control-accept").start(server::accept);
        return server;
    }

    private static void bind(ServerSocketChannel listener, Path socket) throws IOException {
        Path cradle = socket.resolveSibling(CRADLE);
        Path fresh = cradle.resolve("s");
        Files.deleteIfExists(fresh);
        Files.deleteIfExists(cradle);
        Files.createDirectory(
                cradle, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try {
            listener.bind(UnixDomainSocketAddress.of(fresh), BACKLOG);
            Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
            Files.move(fresh, socket, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(fresh);
            Files.deleteIfExists(cradle);
        }
    }

    private void accept() {
        while (true) {
            try {
                serve(new Lines(listener.accept()));
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                LOG.warn("A control connection could not be accepted: {}", e.toString());
                LockSupport.parkNanos(this, ACCEPT_AGAIN.toNanos());
            }
        }
    }

    private void serve(Lines lines) throws IOException {
        if (!slots.tryAcquire()) {
            try (lines) {
                refuse(lines, "the agent is busy with " + CONNECTIONS + " other requests; try again later");
            }
            return;
        }
        open.add(lines);
        try {
            threads.execute(() -> answerAndClose(lines));
        } catch (RejectedExecutionException e) {
            // The agent has ended in this moment.
            lines.close();
        }
    }

    private void answerAndClose(Lines lines) {
        try (lines) {
            answer(lines);
        } catch (IOException e) {
            LOG.debug("A control connection broke: {}", e.toString());
        } finally {
            open.remove(lines);
            slots.release();
        }
    }

    private void answer(Lines lines) throws IOException {
        Optional<String> line;
        try {
            line = lines.read(patience);
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            refuse(lines, e.getMessage() + ": that is no request");
            return;
        }
        if (line.isEmpty()) {
            // Someone only looked whether we are here.
            return;
        }
        ObjectNode request;
        try {
            request = ControlSocket.parse(line.get());
        } catch (IOException e) {
            refuse(lines, e.getMessage() + ": that is no request");
            return;
        }
        String command = request.path(ControlSocket.COMMAND).asText();
        ControlAction action = actions.get(command);
        if (action == null) {
            refuse(
                    lines,
                    "this agent knows no command '" + command + "'; it knows " + String.join(", ", actions.keySet()));
            return;
        }
        run(action, request, lines, command);
    }

    private void run(ControlAction action, ObjectNode request, Lines lines, String command) throws IOException {
        try {
            LOG.info("told to {}: {}", command, request);
            ObjectNode done = action.run(request, soFar -> tell(lines, ControlSocket.PROGRESS, soFar));
            tell(lines, ControlSocket.DONE, done);
        } catch (RefusedException e) {
            refuse(lines, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("a bug ended the command {}", command, e);
            refuse(lines, "a bug ended it; the agent's log has more: " + e);
        }
    }

    private boolean tell(Lines lines, String what, ObjectNode object) {
        try {
            ObjectNode line = ControlSocket.object();
            line.set(what, object);
            lines.write(ControlSocket.line(line), patience);
            return true;
        } catch (IOException e) {
            LOG.debug("Nobody listens any more: {}", e.toString());
            return false;
        }
    }

    private void refuse(Lines lines, String sentence) throws IOException {
        lines.write(ControlSocket.line(ControlSocket.object().put(ControlSocket.REFUSED, sentence)), patience);
    }

    /** Takes no more requests and deletes the socket's file: while the folder is still ours. */
    public void stop() {
        if (!listener.isOpen()) {
            return;
        }
        try {
            listener.close();
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            LOG.debug("The control socket did not close: {}", e.toString());
        }
    }

    /** Stops, and waits a little for the last answers. */
    @Override
    public void close() {
        stop();
        threads.shutdown();
        try {
            if (!threads.awaitTermination(LAST_ANSWERS.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.debug("Some control connections are still busy.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Lines lines : open) {
            try {
                lines.close();
            } catch (IOException e) {
                LOG.debug("A control connection did not close: {}", e.toString());
            }
        }
    }
}
