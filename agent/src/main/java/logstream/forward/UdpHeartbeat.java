package logstream.forward;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import logstream.metrics.Metrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the heartbeats of fluentd's {@code heartbeat_type udp}: any datagram on a port that is listened on is answered
 * with one byte 0, in the clear, also where the port's TCP is TLS.
 *
 * <p>Invariants: an answer is one byte, and never goes to a broadcast or multicast address. What comes from a port that we
 * listen on, or from one below 1024, is not answered: no heartbeat comes from there, and two servers must not be made to
 * answer each other for ever.
 *
 * <p>Threading: one daemon thread for all ports. {@link #close} may be called from any thread.
 */
final class UdpHeartbeat {
    private static final Logger LOG = LoggerFactory.getLogger(UdpHeartbeat.class);
    private static final int RESERVED_PORTS = 1024;
    private static final byte ALIVE = 0;

    private final Selector selector;
    private final List<DatagramChannel> channels;
    private final Set<Integer> ports;
    private final Metrics metrics;
    private final ByteBuffer received = ByteBuffer.allocateDirect(1);
    private final ByteBuffer answer = ByteBuffer.allocateDirect(1);

    private UdpHeartbeat(Selector selector, List<DatagramChannel> channels, Set<Integer> ports, Metrics metrics) {
        this.selector = selector;
        this.channels = channels;
        this.ports = ports;
        this.metrics = metrics;
    }

    /** Answers on the ports of these addresses; where that is not possible, a warning says so. */
    static UdpHeartbeat start(List<ListenAddress> addresses, Metrics metrics) throws IOException {
        Selector selector = Selector.open();
        List<DatagramChannel> channels = new ArrayList<>();
        Set<Integer> ports = new HashSet<>();
        for (ListenAddress address : addresses) {
            if (address instanceof ListenAddress.Internet internet) {
                try {
                    channels.add(open(internet, selector));
                    ports.add(internet.port());
                } catch (IOException e) {
                    LOG.warn(
                            "UDP heartbeats are not answered: address={} reason=\"{}\". Senders with heartbeat_type udp will "
                                    + "take the agent for dead. Free the port, or set forward.udp_heartbeat to false.",
                            address.url(),
                            e.getMessage());
                }
            }
        }
        UdpHeartbeat heartbeat = new UdpHeartbeat(selector, channels, Set.copyOf(ports), metrics);
        if (!channels.isEmpty()) {
            Thread.ofPlatform().name("forward-heartbeat").daemon().start(heartbeat::run);
        }
        return heartbeat;
    }

    private static DatagramChannel open(ListenAddress.Internet address, Selector selector) throws IOException {
        InetAddress host = InetAddress.getByName(address.host());
        DatagramChannel channel = DatagramChannel.open(
                host instanceof Inet4Address ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6);
        try {
            channel.setOption(StandardSocketOptions.SO_BROADCAST, false);
            channel.bind(new InetSocketAddress(host, address.port()));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ);
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    void close() {
        try {
            for (DatagramChannel channel : channels) {
                channel.close();
            }
            selector.close();
        } catch (IOException e) {
            LOG.debug("The heartbeat's sockets could not be closed: reason={}", e.getMessage());
        }
    }

    private void run() {
        try {
            while (selector.isOpen()) {
                selector.select(key -> answer((DatagramChannel) key.channel()));
            }
        } catch (ClosedSelectorException e) {
            LOG.debug("UDP heartbeats are no longer answered: the agent stops.");
        } catch (IOException e) {
            LOG.error("UDP heartbeats are no longer answered: restart the agent.", e);
        }
    }

    /** One at a time, so that no port keeps the others waiting. */
    private void answer(DatagramChannel channel) {
        try {
            received.clear();
            if (channel.receive(received) instanceof InetSocketAddress sender && mayAnswer(sender)) {
                answer.clear().put(ALIVE).flip();
                if (channel.send(answer, sender) > 0) {
                    metrics.heartbeatsAnswered.increment();
                }
            }
        } catch (IOException e) {
            LOG.debug("A UDP heartbeat could not be answered: reason={}", e.getMessage());
        }
    }

    private boolean mayAnswer(InetSocketAddress sender) {
        return sender.getPort() >= RESERVED_PORTS
                && !ports.contains(sender.getPort())
                && !sender.getAddress().isMulticastAddress();
    }
}
