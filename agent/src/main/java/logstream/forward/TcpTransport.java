package logstream.forward;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection. While it is awake the channel is a socket in blocking mode, so that the virtual thread waits the
 * cheapest way the JDK has.
 *
 * <p>Threading: as {@link Transport}.
 */
final class TcpTransport implements Transport {
    private final SocketChannel channel;
    private final IdleConnections idle;
    /** There only while the connection is awake. */
    private @Nullable InputStream in;

    TcpTransport(SocketChannel channel, IdleConnections idle) throws IOException {
        this.channel = channel;
        this.idle = idle;
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    @Override
    public SocketAddress remote() throws IOException {
        return channel.getRemoteAddress();
    }

    @Override
    public int read(byte[] to, int offset, int length, int patienceMillis) throws IOException {
        Socket socket = channel.socket();
        socket.setSoTimeout(patienceMillis);
        return in(socket).read(to, offset, length);
    }

    @Override
    public int readNow(byte[] to, int offset, int length) throws IOException {
        Socket socket = channel.socket();
        if (in(socket).available() == 0) {
            return 0;
        }
        // Without a time-out the JDK leaves the mode of the file descriptor as it is: four system calls less.
        socket.setSoTimeout(0);
        return Math.max(0, in(socket).read(to, offset, length));
    }

    private InputStream in(Socket socket) throws IOException {
        InputStream opened = in;
        if (opened == null) {
            opened = socket.getInputStream();
            in = opened;
        }
        return opened;
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
        channel.socket().getOutputStream().write(from, offset, length);
    }

    @Override
    public void sleep(Runnable wake) throws IOException {
        in = null;
        idle.watch(channel, wake);
    }

    @Override
    public void halfClose() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        channel.close();
        idle.closed(channel);
    }
}
