package logstream.it;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

/**
 * The connection of one container, as Docker's driver makes it: one message for each line, no acks.
 *
 * <p>Threading: confined to one thread.
 */
final class ContainerConnection implements AutoCloseable {
    private final Socket socket;
    private final OutputStream out;
    private final String name;
    private final String tag;

    ContainerConnection(int port, String name, String tag) throws IOException {
        this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
        this.out = socket.getOutputStream();
        this.name = name;
        this.tag = tag;
    }

    void send(String... lines) throws IOException {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            for (String line : lines) {
                packer.packArrayHeader(3).packString(tag).packLong(System.currentTimeMillis() / 1_000);
                packer.packMapHeader(3);
                packer.packString("container_name").packString("/" + name);
                packer.packString("source").packString("stdout");
                packer.packString("log").packString(line);
            }
            out.write(packer.toByteArray());
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
