package logstream.control;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * One connection, line by line, no line longer than {@link ControlSocket#MAX_LINE_BYTES}, nothing without a time limit.
 *
 * <p>Threading: confined to one thread, but for {@link #close}.
 */
final class Lines implements Closeable {
    private final SocketChannel channel;
    private final Selector selector;
    private final ByteBuffer in =
            ByteBuffer.allocate(ControlSocket.MAX_LINE_BYTES + 1).flip();

    /** Takes the channel over. */
    Lines(SocketChannel channel) throws IOException {
        this.channel = channel;
        try {
            channel.configureBlocking(false);
            selector = Selector.open();
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.register(selector, 0);
    }

    /**
     * The next line, without its end; empty at the end of the connection.
     *
     * @throws SocketTimeoutException when it does not come in time
     */
    Optional<String> read(Duration limit) throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            for (int at = in.position(); at < in.limit(); at++) {
                if (in.get(at) == '\n') {
                    String line = new String(in.array(), in.position(), at - in.position(), StandardCharsets.UTF_8);
                    in.position(at + 1);
                    return Optional.of(line);
                }
            }
            in.compact();
            try {
                if (!in.hasRemaining()) {
                    throw new IOException("a line is longer than " + ControlSocket.MAX_LINE_BYTES + " bytes");
                }
                if (fill(deadline) < 0) {
                    return Optional.empty();
                }
            } finally {
                in.flip();
            }
        }
    }

    private int fill(long deadline) throws IOException {
        int read = channel.read(in);
        while (read == 0) {
            await(SelectionKey.OP_READ, deadline);
            read = channel.read(in);
        }
        return read;
    }

    /**
     * Writes a line and its end.
     *
     * @throws SocketTimeoutException when the other end does not take it in time
     */
    void write(String line, Duration limit) throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        ByteBuffer out = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (out.hasRemaining()) {
            if (channel.write(out) == 0) {
                await(SelectionKey.OP_WRITE, deadline);
            }
        }
    }

    private void await(int operation, long deadline) throws IOException {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new SocketTimeoutException("the other end is silent");
        }
        channel.keyFor(selector).interestOps(operation);
        selector.select(millis);
        selector.selectedKeys().clear();
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            selector.close();
        }
    }
}
