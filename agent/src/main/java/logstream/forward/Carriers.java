package logstream.forward;

import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import logstream.forward.ListenAddress.Tcp;
import logstream.forward.ListenAddress.Tls;
import logstream.forward.ListenAddress.Unix;
import org.jspecify.annotations.Nullable;

/**
 * Opens addresses, and knows what the connections of each kind are carried by.
 *
 * <p>Threading: confined to one thread; what it makes is not.
 */
final class Carriers {
    private final ForwardConfig config;
    private final IdleConnections idle;
    private final Semaphore turns;
    private final LongSupplier nanoTime;
    /** There from the first address that wants TLS. */
    private TlsTransport.@Nullable Shared tls;

    Carriers(ForwardConfig config, IdleConnections idle, Semaphore turns, LongSupplier nanoTime) {
        this.config = config;
        this.idle = idle;
        this.turns = turns;
        this.nanoTime = nanoTime;
    }

    Listener listen(ListenAddress address) throws ListenException {
        int most = config.maxConnections();
        return switch (address) {
            case Tcp tcp -> Listener.open(tcp, channel -> new TcpTransport(channel, idle), most);
            case Unix unix -> Listener.open(unix, config.unix(), channel -> new UnixTransport(channel, idle), most);
            case Tls wanted -> {
                TlsConfig files = required(wanted, config.tls());
                TlsTransport.Shared shared = shared(wanted, files);
                yield Listener.open(
                        wanted,
                        channel -> new TlsTransport(new TcpTransport(channel, idle), shared),
                        files.maxConnections());
            }
        };
    }

    private static TlsConfig required(Tls address, Optional<TlsConfig> files) throws ListenException {
        if (files.isEmpty()) {
            throw new ListenException(
                    address, "no certificate is configured", "set forward.tls.certificate and forward.tls.key");
        }
        return files.get();
    }

    private TlsTransport.Shared shared(Tls address, TlsConfig files) throws ListenException {
        TlsTransport.Shared made = tls;
        if (made == null) {
            try {
                made = new TlsTransport.Shared(
                        new TlsIdentity(files, nanoTime),
                        new BufferPool(ForwardLimits.TLS_BUFFERS, TlsTransport.BUFFER_BYTES),
                        new Semaphore(ForwardLimits.TLS_HANDSHAKES, true),
                        turns);
            } catch (TlsFilesException e) {
                throw new ListenException(address, String.valueOf(e.getMessage()), "correct forward.tls");
            }
            tls = made;
        }
        return made;
    }
}
