package logstream.forward;

import java.io.IOException;
import java.net.BindException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One address that is listened on, open from the start.
 *
 * <p>Invariant: no more of its connections are open than it has permits; without one it is not looked at.
 *
 * <p>Threading: one thread accepts; permits come back from any thread.
 */
final class Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
    private static final String TAKEN =
            "is another agent running? Stop it, or set forward.listen to what is free on this host";
    private static final String NOT_OURS =
            "set forward.listen to an address of this host, and a port that this user may take";

    /** Makes a connection of what was accepted. */
    interface Carrier {
        Transport over(SocketChannel channel) throws IOException;
    }

    private final ListenAddress address;
    private final ServerSocketChannel channel;
    private final Optional<UnixSocketFile> file;
    private final boolean inherited;
    private final Carrier carrier;
    private final Semaphore permits;
    private volatile @Nullable SelectionKey key;

    private Listener(
            ListenAddress address,
            ServerSocketChannel channel,
            Optional<UnixSocketFile> file,
            boolean inherited,
            Carrier carrier,
            int maxConnections) {
        this.address = address;
        this.channel = channel;
        this.file = file;
        this.inherited = inherited;
        this.carrier = carrier;
        permits = new Semaphore(maxConnections);
    }

    /**
     * Listens on an IP address of this host, by the socket that was inherited if it is for this address; the address of the
     * listener has the port that the system chose.
     */
    static Listener open(ListenAddress.Internet wanted, Carrier carrier, int maxConnections) throws ListenException {
        ServerSocketChannel channel = null;
        try {
            InetAddress host = InetAddress.getByName(wanted.host());
            Optional<ServerSocketChannel> open = InheritedSocket.on(new InetSocketAddress(host, wanted.port()));
            if (open.isPresent()) {
                LOG.info("This address was open before the agent, and stays open after it: address={}", wanted.url());
                return new Listener(wanted, open.get(), Optional.empty(), true, carrier, maxConnections);
            }
            channel = ServerSocketChannel.open(family(host));
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(new InetSocketAddress(host, wanted.port()), ForwardLimits.BACKLOG);
            int port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
            return new Listener(wanted.withPort(port), channel, Optional.empty(), false, carrier, maxConnections);
        } catch (UnknownHostException e) {
            throw new ListenException(wanted, "the host is not known", NOT_OURS);
        } catch (UnsupportedOperationException e) {
            throw new ListenException(wanted, "this host has no IPv6", NOT_OURS);
        } catch (IOException e) {
            close(channel);
            boolean taken = String.valueOf(e.getMessage()).contains("in use");
            throw new ListenException(wanted, e, taken ? TAKEN : NOT_OURS);
        }
    }

    /** Of an IPv4 address only IPv4 is taken, by what is open to all of it, too. */
    private static ProtocolFamily family(InetAddress host) {
        return host instanceof Inet4Address ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
    }

    /** Listens on a UNIX socket. */
    static Listener open(ListenAddress.Unix wanted, UnixConfig rights, Carrier carrier, int maxConnections)
            throws ListenException {
        try {
            UnixSocketFile file = UnixSocketFile.bind(wanted.path(), rights);
            return new Listener(wanted, file.channel(), Optional.of(file), false, carrier, maxConnections);
        } catch (BindException e) {
            throw new ListenException(wanted, e, TAKEN);
        } catch (IOException e) {
            throw new ListenException(wanted, e, "correct forward.listen or forward.unix");
        }
    }

    /** Whether the socket was there before the agent. */
    boolean isInherited() {
        return inherited;
    }

    /** Where it listens. */
    ListenAddress address() {
        return address;
    }

    /** The key by which it is known whether somebody connects. The channel waits for nobody from then on. */
    void register(Selector selector) throws IOException {
        channel.configureBlocking(false);
        key = channel.register(selector, SelectionKey.OP_ACCEPT, this);
    }

    ServerSocketChannel channel() {
        return channel;
    }

    /** A connection over what was accepted. */
    Transport carry(SocketChannel accepted) throws IOException {
        return carrier.over(accepted);
    }

    /** Takes one of its own permits; without one, nobody is said to connect until one comes back. */
    boolean tryTake() {
        if (permits.tryAcquire()) {
            return true;
        }
        interest(0);
        // One may have come back before the interest was gone.
        if (permits.tryAcquire()) {
            interest(SelectionKey.OP_ACCEPT);
            return true;
        }
        return false;
    }

    void giveBack() {
        permits.release();
        SelectionKey registered = key;
        if (registered != null && registered.isValid() && registered.interestOps() == 0) {
            interest(SelectionKey.OP_ACCEPT);
            registered.selector().wakeup();
        }
    }

    private void interest(int operations) {
        SelectionKey registered = key;
        if (registered != null && registered.isValid()) {
            registered.interestOps(operations);
        }
    }

    void close() {
        file.ifPresent(UnixSocketFile::remove);
        if (!inherited) {
            close(channel);
        }
    }

    private static void close(@Nullable ServerSocketChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException e) {
                LOG.debug("A listener could not be closed: reason={}", e.getMessage());
            }
        }
    }
}
