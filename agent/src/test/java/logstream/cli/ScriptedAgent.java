package logstream.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.ImmutableValue;
import org.msgpack.value.Value;
import org.msgpack.value.ValueFactory;

/** Stands in for an agent: keeps what it receives, and treats one connection after the other as it was told. */
final class ScriptedAgent implements AutoCloseable {
    /** How many messages of a connection are acknowledged before it is closed. */
    record Plan(int acks) {
        static final Plan FAITHFUL = new Plan(Integer.MAX_VALUE);
        static final Plan SILENT = new Plan(-1);
    }

    private final ServerSocket listener;
    private final BlockingQueue<ImmutableValue> messages = new LinkedBlockingQueue<>();
    private final BlockingQueue<Socket> open = new LinkedBlockingQueue<>();
    private final Thread thread;

    /** The last plan closes the listener when its connection ends. */
    ScriptedAgent(List<Plan> plans) throws IOException {
        listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        thread = Thread.ofVirtual().start(() -> {
            try (listener) {
                for (Plan plan : plans) {
                    serve(plan);
                }
            } catch (IOException closed) {
                // The test is over.
            }
        });
    }

    HostPort address() {
        return new HostPort("127.0.0.1", listener.getLocalPort());
    }

    /** What arrived, in order, since the last call. */
    List<ImmutableValue> received() throws InterruptedException {
        thread.join();
        return messages.stream().toList();
    }

    BlockingQueue<ImmutableValue> messages() {
        return messages;
    }

    private void serve(Plan plan) throws IOException {
        try (Socket socket = listener.accept();
                MessageUnpacker in = MessagePack.newDefaultUnpacker(socket.getInputStream())) {
            open.add(socket);
            for (int count = 0; count != plan.acks && in.hasNext(); count++) {
                ImmutableValue message = in.unpackValue();
                messages.add(message);
                Value ack = message.asArrayValue().get(3).asMapValue().map().get(ValueFactory.newString("chunk"));
                if (ack != null && plan.acks >= 0) {
                    try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
                        packer.packMapHeader(1).packString("ack").packValue(ack);
                        socket.getOutputStream().write(packer.toByteArray());
                    }
                }
            }
            readToItsEnd(socket);
        }
    }

    /** Closed with something unread, the connection would be reset, and acks on their way lost with it. */
    private static void readToItsEnd(Socket socket) {
        try {
            socket.shutdownOutput();
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException gone) {
            // The sender was first: the next connection is served all the same.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
