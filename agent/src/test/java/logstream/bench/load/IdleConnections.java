package logstream.bench.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * Connections that were opened and say nothing: they cost this process a file each, and no thread.
 *
 * <p>Threading: confined to the generator's thread.
 */
final class IdleConnections {
    private final List<SocketChannel> channels = new ArrayList<>();

    private IdleConnections() {}

    static IdleConnections open(int port, int count) throws IOException {
        IdleConnections idle = new IdleConnections();
        for (int number = 0; number < count; number++) {
            SocketChannel channel = Loopback.connect(port);
            channel.configureBlocking(false);
            idle.channels.add(channel);
        }
        return idle;
    }

    /** How many the agent has not closed. */
    int countOpen() {
        ByteBuffer nothing = ByteBuffer.allocate(1);
        int open = 0;
        for (SocketChannel channel : channels) {
            try {
                open += channel.read(nothing) == 0 ? 1 : 0;
            } catch (IOException _) {
                // Reset: it is not open.
            }
        }
        return open;
    }
}
