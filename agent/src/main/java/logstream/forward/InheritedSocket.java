package logstream.forward;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listening socket that systemd hands over as standard input ({@code StandardInput=socket}), if it does. systemd keeps it
 * open while the agent is away: who connects then waits, instead of being refused.
 *
 * <p>It is never closed here: with it Java would close the standard output.
 *
 * <p>Threading: stateless; the JVM has one such socket.
 */
final class InheritedSocket {
    private static final Logger LOG = LoggerFactory.getLogger(InheritedSocket.class);

    private InheritedSocket() {}

    /** The socket, if it listens on just this address. */
    static Optional<ServerSocketChannel> on(InetSocketAddress wanted) throws IOException {
        Optional<ServerSocketChannel> listening = get();
        return listening.isPresent() && wanted.equals(listening.get().getLocalAddress()) ? listening : Optional.empty();
    }

    /** Says so when a socket was handed over, and none of the listeners is on its address. */
    static void warnIfUnused(List<Listener> listeners) throws IOException {
        Optional<ServerSocketChannel> listening = get();
        if (listening.isPresent() && listeners.stream().noneMatch(Listener::isInherited)) {
            LOG.warn(
                    "Nobody reads what is sent to the socket that was handed over: address={}. Name the same address in "
                            + "forward.listen and in ListenStream of the socket unit.",
                    listening.get().getLocalAddress());
        }
    }

    private static Optional<ServerSocketChannel> get() throws IOException {
        Channel inherited = System.inheritedChannel();
        return inherited instanceof ServerSocketChannel listening ? Optional.of(listening) : Optional.empty();
    }
}
