package logstream.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A port of loopback before another one, shut at first: while it is shut, nobody listens there, and shutting it cuts the
 * connections that go through it. To a client it is an agent that comes and goes.
 *
 * <p>Threading: any thread; two virtual threads per connection.
 */
public final class Gate implements AutoCloseable {
    private final int target;
    private final int port = EngineProcess.freePort();
    private final List<Socket> sockets = new ArrayList<>();
    private Optional<ServerSocket> server = Optional.empty();

    /** @param target port of loopback that connections are handed on to */
    public Gate(int target) {
        this.target = target;
    }

    public int port() {
        return port;
    }

    public synchronized void open() {
        try {
            ServerSocket listening = new ServerSocket();
            listening.setReuseAddress(true);
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            server = Optional.of(listening);
            Thread.ofVirtual().name("gate").start(() -> accept(listening));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public synchronized void shut() {
        try {
            if (server.isPresent()) {
                server.get().close();
            }
            for (Socket socket : sockets) {
                socket.close();
            }
            sockets.clear();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept(ServerSocket listening) {
        while (true) {
            try {
                Socket client = listening.accept();
                Socket agent = new Socket(InetAddress.getLoopbackAddress(), target);
                agent.setTcpNoDelay(true);
                client.setTcpNoDelay(true);
                join(client, agent);
            } catch (IOException e) {
                // Shut, or the agent is gone: the client sees that nobody is there.
                return;
            }
        }
    }

    private synchronized void join(Socket client, Socket agent) {
        sockets.add(client);
        sockets.add(agent);
        Thread.ofVirtual().start(() -> pass(client, agent));
        Thread.ofVirtual().start(() -> pass(agent, client));
    }

    private static void pass(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException e) {
            // Either side may cut; the other side's reader sees it.
        }
    }

    @Override
    public void close() {
        shut();
    }
}
