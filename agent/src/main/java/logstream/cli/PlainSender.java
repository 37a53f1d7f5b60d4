package logstream.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;

/**
 * Sends messages to an agent without asking for acks, over one connection.
 *
 * <p>Threading: confined to one thread.
 */
final class PlainSender implements AutoCloseable {
    /** An agent that stops reading for so long, while nothing more comes, keeps its connection open for other reasons. */
    private static final int LAST_READ_MILLIS = 10_000;

    private final Socket socket;
    private final OutputStream out;

    private PlainSender(Socket socket) throws IOException {
        this.socket = socket;
        this.out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
    }

    static PlainSender connect(HostPort address) throws Failure, IOException {
        return new PlainSender(AgentSocket.open(address));
    }

    void send(byte[] message) throws IOException {
        out.write(message);
    }

    void flush() throws IOException {
        out.flush();
    }

    /** Says that no more comes, and waits until the agent has read that far and closes. */
    void finish() throws IOException {
        out.flush();
        socket.shutdownOutput();
        socket.setSoTimeout(LAST_READ_MILLIS);
        try {
            if (socket.getInputStream().read() >= 0) {
                throw new IOException("what answers is no agent");
            }
        } catch (SocketTimeoutException stillReading) {
            throw new IOException("the agent has not read everything after 10 s", stillReading);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
