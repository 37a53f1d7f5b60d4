package logstream.bench.load;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * Takes what a load generator sends and throws it away: what the generator can do by itself. Prints its port; ends with
 * its input.
 */
public final class DiscardProgram {
    private static final int BACKLOG = 1_024;

    private DiscardProgram() {}

    public static void main(String[] args) throws IOException {
        try (ServerSocket listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress())) {
            Thread.ofPlatform().daemon().name("accept").start(() -> acceptAll(listener));
            System.out.println(listener.getLocalPort());
            while (System.in.read() >= 0) {
                Thread.onSpinWait();
            }
        }
    }

    private static void acceptAll(ServerSocket listener) {
        try {
            while (true) {
                Socket socket = listener.accept();
                Thread.ofPlatform().daemon().start(() -> discard(socket));
            }
        } catch (IOException e) {
            System.err.println("discard: " + e);
        }
    }

    private static void discard(Socket socket) {
        byte[] bytes = new byte[256 << 10];
        try (socket) {
            InputStream in = socket.getInputStream();
            while (in.read(bytes) >= 0) {
                Thread.onSpinWait();
            }
        } catch (IOException e) {
            System.err.println("discard: " + e);
        }
    }
}
