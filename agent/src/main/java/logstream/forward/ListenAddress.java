package logstream.forward;

import java.nio.file.Path;

/** Where the agent listens, as a URL of the form that Docker's {@code fluentd-address} has. */
public sealed interface ListenAddress {
    /** The port that Docker's driver uses unless told otherwise. */
    int DEFAULT_PORT = 24224;

    /** The address as a URL; that of an IPv6 host in brackets. */
    String url();

    /** An address and a port. */
    sealed interface Internet extends ListenAddress {
        /** Address or name to listen on, without brackets. */
        String host();

        /** 0 lets the system choose one. */
        int port();

        Internet withPort(int newPort);
    }

    /**
     * Plain TCP.
     *
     * @param host address or name to listen on, without brackets
     * @param port 0 lets the system choose one
     */
    record Tcp(String host, int port) implements Internet {
        @Override
        public String url() {
            return "tcp://" + bracketed(host) + ":" + port;
        }

        @Override
        public Tcp withPort(int newPort) {
            return new Tcp(host, newPort);
        }
    }

    /**
     * TLS over TCP.
     *
     * @param host address or name to listen on, without brackets
     * @param port 0 lets the system choose one
     */
    record Tls(String host, int port) implements Internet {
        @Override
        public String url() {
            return "tls://" + bracketed(host) + ":" + port;
        }

        @Override
        public Tls withPort(int newPort) {
            return new Tls(host, newPort);
        }
    }

    /** A UNIX socket. */
    record Unix(Path path) implements ListenAddress {
        @Override
        public String url() {
            return "unix://" + path;
        }
    }

    private static String bracketed(String host) {
        return host.contains(":") ? "[" + host + "]" : host;
    }
}
