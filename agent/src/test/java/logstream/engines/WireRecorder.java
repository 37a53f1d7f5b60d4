package logstream.engines;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.ArrayValue;
import org.msgpack.value.Value;
import org.msgpack.value.ValueFactory;

/**
 * A server of the Forward protocol that keeps the bytes of each connection as they came, and answers the ack tokens in
 * them: what a client sends, independent of the agent. msgpack and JSON, no handshake.
 *
 * <p>Threading: any thread; one virtual thread per connection.
 */
public final class WireRecorder implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Value TOKEN = ValueFactory.newString("chunk");

    private final ServerSocket server;
    private final List<Connection> connections = new CopyOnWriteArrayList<>();

    public WireRecorder() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("wire recorder").start(this::accept);
    }

    /** As a client is told: {@code tcp://127.0.0.1:PORT}. */
    public String address() {
        return "tcp://127.0.0.1:" + port();
    }

    public int port() {
        return server.getLocalPort();
    }

    /** What came over each connection on which something came. Waits, at most 30 s, until there is one and all are closed. */
    public List<byte[]> recorded() {
        await("connections that were closed")
                .atMost(Duration.ofSeconds(30))
                .until(() -> !heard().isEmpty() && connections.stream().noneMatch(one -> one.thread.isAlive()));
        return heard();
    }

    private List<byte[]> heard() {
        return connections.stream()
                .map(Connection::bytes)
                .filter(bytes -> bytes.length > 0)
                .toList();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                connections.add(new Connection(server.accept()));
            } catch (IOException e) {
                if (!server.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Connection connection : connections) {
            connection.socket.close();
        }
    }

    private static final class Connection {
        private final Socket socket;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final Thread thread;

        Connection(Socket socket) {
            this.socket = socket;
            this.thread = Thread.ofVirtual().start(this::run);
        }

        byte[] bytes() {
            return bytes.toByteArray();
        }

        private void run() {
            try (socket) {
                BufferedInputStream in = new BufferedInputStream(new Tee(socket.getInputStream()));
                in.mark(1);
                int first = in.read();
                in.reset();
                if (first == '[' || first == '{') {
                    json(in, socket.getOutputStream());
                } else {
                    msgpack(in, socket.getOutputStream());
                }
            } catch (IOException e) {
                // A client may cut its connection; what it sent until then counts.
            }
        }

        private static void msgpack(InputStream in, OutputStream out) throws IOException {
            try (MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(in)) {
                while (unpacker.hasNext()) {
                    Value message = unpacker.unpackValue();
                    Value option = message.isArrayValue() ? last(message.asArrayValue()) : message;
                    Value token =
                            option.isMapValue() ? option.asMapValue().map().get(TOKEN) : null;
                    if (token != null) {
                        MessageBufferPacker packer = MessagePack.newDefaultBufferPacker();
                        packer.packMapHeader(1).packString("ack").packValue(token);
                        out.write(packer.toByteArray());
                    }
                }
            }
        }

        private static Value last(ArrayValue array) {
            return array.get(array.size() - 1);
        }

        private static void json(InputStream in, OutputStream out) throws IOException {
            JsonParser parser = JSON.createParser(in);
            while (parser.nextToken() != null) {
                JsonNode message = JSON.readTree(parser);
                JsonNode token = message.path(message.size() - 1).path("chunk");
                if (!token.isMissingNode()) {
                    out.write(JSON.writeValueAsBytes(new ObjectNode(JsonNodeFactory.instance, Map.of("ack", token))));
                }
            }
        }

        /** Keeps what is read through it. */
        private final class Tee extends FilterInputStream {
            Tee(InputStream in) {
                super(in);
            }

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] to, int offset, int length) throws IOException {
                int count = super.read(to, offset, length);
                if (count > 0) {
                    bytes.write(to, offset, count);
                }
                return count;
            }
        }
    }
}
