package logstream.forward;

import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the connections that have nothing to say, all of them with one thread: each costs a channel and a key, instead of
 * a thread and what decoding needs.
 *
 * <p>Invariant: a channel is watched from {@link #watch} until its {@code wake} is called, once: when bytes came, or the
 * peer is gone. Then it is back in blocking mode and no longer registered. Of a channel that is closed meanwhile nothing is
 * said.
 *
 * <p>Threading: any thread may ask; one daemon thread watches, and calls {@code wake}, which must not wait.
 */
final class IdleConnections {
    private static final Logger LOG = LoggerFactory.getLogger(IdleConnections.class);

    private record Arrival(SocketChannel channel, Runnable wake) {}

    private final Selector selector;
    private final Queue<Arrival> arrivals = new ConcurrentLinkedQueue<>();
    private final Thread watcher;
    private volatile boolean stopped;

    /** Confined to the watcher; empty but for a moment. */
    private final List<SelectionKey> ready = new ArrayList<>();

    private IdleConnections(Selector selector) {
        this.selector = selector;
        watcher = Thread.ofPlatform().name("forward-idle").daemon().unstarted(this::run);
    }

    static IdleConnections start() throws IOException {
        IdleConnections started = new IdleConnections(Selector.open());
        started.watcher.start();
        return started;
    }

    /** Watches an open channel from now on. Nobody else may use it until {@code wake} is called, but to close it. */
    void watch(SocketChannel channel, Runnable wake) throws IOException {
        channel.configureBlocking(false);
        arrivals.add(new Arrival(channel, wake));
        selector.wakeup();
    }

    /** This channel was closed: if it is watched, its file descriptor is free only when the watcher has let go of it. */
    void closed(SocketChannel channel) {
        if (channel.isRegistered()) {
            selector.wakeup();
        }
    }

    /** Ends the watching; the channels that are still watched stay as they are. */
    void stop() {
        stopped = true;
        selector.wakeup();
    }

    private void run() {
        try (selector) {
            while (!stopped) {
                selector.select(ready::add);
                wakeReady();
                for (Arrival arrival = arrivals.poll(); arrival != null; arrival = arrivals.poll()) {
                    register(arrival);
                }
            }
        } catch (IOException e) {
            LOG.error("Idle connections are no longer watched: restart the agent, and report this with the trace.", e);
        }
    }

    private void wakeReady() throws IOException {
        if (ready.isEmpty()) {
            return;
        }
        ready.forEach(SelectionKey::cancel);
        // Lets go of them, and tells nothing: none of the others can be ready in a way that the next select does not
        // see.
        selector.selectNow(key -> {});
        for (SelectionKey key : ready) {
            Runnable wake = (Runnable) key.attachment();
            try {
                key.channel().configureBlocking(true);
            } catch (ClosedChannelException e) {
                LOG.debug("A connection was closed while it was woken.");
            }
            wake.run();
        }
        ready.clear();
    }

    private void register(Arrival arrival) {
        try {
            arrival.channel().register(selector, SelectionKey.OP_READ, arrival.wake());
        } catch (ClosedChannelException | CancelledKeyException e) {
            // Reading will tell.
            arrival.wake().run();
        }
    }
}
