package logstream.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;

/** Connections to an agent, and what is said when there is none. */
final class AgentSocket {
    private static final int CONNECT_MILLIS = 3000;

    private AgentSocket() {}

    /** A connection to the agent. */
    static Socket open(HostPort address) throws Failure {
        try {
            return dial(address);
        } catch (IOException nobody) {
            throw unreachable(address, nobody);
        }
    }

    static Failure unreachable(HostPort address, IOException cause) {
        return new Failure(
                ExitCode.FAILED,
                "no agent answers at " + address + " (" + reason(cause) + "); start one with '" + Logstream.command()
                        + " run --local', or name its address with --address",
                cause);
    }

    /** Tries every address that the host has. */
    static Socket dial(HostPort address) throws IOException {
        IOException last = new IOException(address.host() + " has no address");
        for (InetAddress each : InetAddress.getAllByName(address.host())) {
            Socket socket = new Socket();
            try {
                socket.setTcpNoDelay(true);
                socket.connect(new InetSocketAddress(each, address.port()), CONNECT_MILLIS);
                return socket;
            } catch (IOException unreachable) {
                socket.close();
                last = unreachable;
            }
        }
        throw last;
    }

    /** Why a connection could not be made, in a few words. */
    static String reason(IOException unreachable) {
        return switch (unreachable) {
            case UnknownHostException unknown -> "unknown host";
            case SocketTimeoutException silent -> "no answer";
            default -> String.valueOf(unreachable.getMessage());
        };
    }
}
