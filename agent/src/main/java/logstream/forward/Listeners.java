package logstream.forward;

import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts on all addresses, in turn.
 *
 * <p>Invariants: a permit is had before a connection is accepted, so that no more are open than there are permits; more
 * wait in the kernel. Nothing that a sender does, and no shortage of file descriptors, ends the accepting.
 *
 * <p>Threading: one daemon thread accepts. {@link #close} may be called from any thread.
 */
final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    /** How a connection is accepted; null when there is none after all. Tests let it fail. */
    interface Accepting {
        @Nullable
        SocketChannel accept(ServerSocketChannel channel) throws IOException;
    }

    /** Who takes what was accepted. */
    interface Taker {
        void take(Listener listener, Transport transport) throws IOException;
    }

    private final List<Listener> listeners;
    private final Selector selector;
    private final Accepting accepting;
    private final Semaphore permits;
    private final Taker taker;
    private final LogLimiter failures = new LogLimiter(System::nanoTime, ForwardLimits.LOG_INTERVAL);
    private final Thread acceptor;
    private volatile boolean closed;

    /** Where somebody may have connected. Confined to the acceptor. */
    private final ArrayDeque<Listener> ready = new ArrayDeque<>();

    private Listeners(
            List<Listener> listeners, Selector selector, Accepting accepting, Semaphore permits, Taker taker) {
        this.listeners = listeners;
        this.selector = selector;
        this.accepting = accepting;
        this.permits = permits;
        this.taker = taker;
        acceptor = Thread.ofPlatform().name("forward-accept").daemon().unstarted(this::run);
    }

    /**
     * Begins to accept on addresses that are open.
     *
     * @param permits one is taken for each connection; who takes the connection gives it back
     */
    static Listeners start(List<Listener> listeners, Accepting accepting, Semaphore permits, Taker taker)
            throws IOException {
        Selector selector = Selector.open();
        for (Listener listener : listeners) {
            listener.register(selector);
        }
        Listeners started = new Listeners(listeners, selector, accepting, permits, taker);
        started.acceptor.start();
        return started;
    }

    /** Accepts nobody more: the addresses are free when this returns. */
    void close() throws InterruptedException {
        closed = true;
        acceptor.interrupt();
        acceptor.join();
        listeners.forEach(Listener::close);
        try {
            selector.close();
        } catch (IOException e) {
            LOG.debug("The selector of the listeners could not be closed: reason={}", e.getMessage());
        }
    }

    private void run() {
        try {
            while (!closed) {
                permits.acquire();
                if (!acceptOne()) {
                    permits.release();
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("No more connections are accepted: the agent stops.");
        }
    }

    /** Waits until somebody connects, and accepts; false when it came to nothing. */
    private boolean acceptOne() throws InterruptedException {
        try {
            Listener listener = next();
            if (listener == null || !listener.tryTake()) {
                return false;
            }
            boolean taken = false;
            try {
                taken = accept(listener);
                return taken;
            } finally {
                if (!taken) {
                    listener.giveBack();
                }
            }
        } catch (IOException | CancelledKeyException e) {
            if (!closed) {
                report(e);
                TimeUnit.NANOSECONDS.sleep(ForwardLimits.ACCEPT_RETRY.toNanos());
            }
            return false;
        }
    }

    private @Nullable Listener next() throws IOException {
        if (ready.isEmpty()) {
            selector.select((SelectionKey key) -> ready.add((Listener) key.attachment()));
        }
        return ready.poll();
    }

    private boolean accept(Listener listener) throws IOException {
        SocketChannel accepted = accepting.accept(listener.channel());
        if (accepted == null) {
            return false;
        }
        // There may be more, but the others come first. An inherited socket is asked by the selector each time: for any
        // program that systemd starts with it, as for a reload, it lets everybody's accept wait for somebody.
        if (!listener.isInherited()) {
            ready.add(listener);
        }
        try {
            taker.take(listener, listener.carry(accepted));
            return true;
        } catch (IOException e) {
            LOG.debug("A connection was gone before it was opened: reason={}", e.getMessage());
            accepted.close();
            return false;
        }
    }

    private void report(Exception failure) {
        long suppressed = failures.next();
        if (suppressed != LogLimiter.SUPPRESSED) {
            LOG.warn(
                    "A connection could not be accepted: reason=\"{}\" free_connections={} not_logged_before={}. "
                            + "Accepting is tried again. If files run out, raise the limit of open files (ulimit -n).",
                    failure.getMessage(),
                    permits.availablePermits(),
                    suppressed);
        }
    }
}
