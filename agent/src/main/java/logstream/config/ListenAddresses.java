package logstream.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import logstream.config.SettingType.WrongValueException;
import logstream.forward.ListenAddress;

/**
 * The type of {@code forward.listen}: one address or a list of them, written as Docker's {@code fluentd-address}.
 *
 * <p>Format: {@code tcp://HOST[:PORT]}, {@code tls://HOST[:PORT]} with 24224 as the default port and IPv6 hosts in
 * brackets, {@code unix:///PATH}.
 *
 * <p>Threading: stateless.
 */
record ListenAddresses() implements TextType<List<ListenAddress>> {
    /** More than any host has ways to be reached. */
    private static final int MOST = 64;

    /** What fits into {@code sockaddr_un} on Linux, with the zero at its end. */
    private static final int LONGEST_PATH_BYTES = 107;

    private static final Pattern NETWORK =
            Pattern.compile("(tcp|tls)://(\\[[0-9A-Fa-f:.%A-Za-z]+]|[A-Za-z0-9._-]+)(?::(\\d{1,5}))?");

    static SettingType<List<ListenAddress>> type() {
        return new ListenAddresses();
    }

    @Override
    public String allowed() {
        return "1 to " + MOST
                + " addresses, such as tcp://127.0.0.1:24224, tcp://[::]:24224 (port 0: the system chooses"
                + " one), tls://0.0.0.0:24225 or unix:///run/logstream/forward.sock";
    }

    @Override
    public List<ListenAddress> parse(List<String> texts) throws WrongValueException {
        if (texts.isEmpty() || texts.size() > MOST) {
            throw new WrongValueException("That are " + texts.size() + " addresses");
        }
        List<ListenAddress> addresses = new ArrayList<>();
        Set<ListenAddress> seen = new HashSet<>();
        for (String text : texts) {
            ListenAddress address = text.startsWith("unix:") ? unix(text) : network(text);
            if (!seen.add(address)) {
                throw new WrongValueException(address.url() + " is there twice");
            }
            addresses.add(address);
        }
        return List.copyOf(addresses);
    }

    private static ListenAddress network(String text) throws WrongValueException {
        Matcher matcher = NETWORK.matcher(text);
        if (!matcher.matches()) {
            throw new WrongValueException("'" + text + "' is no such address");
        }
        String host = matcher.group(2).replaceAll("[\\[\\]]", "");
        int port = matcher.group(3) == null ? ListenAddress.DEFAULT_PORT : Integer.parseInt(matcher.group(3));
        if (port > 65_535) {
            throw new WrongValueException("A port is at most 65535");
        }
        return matcher.group(1).equals("tcp") ? new ListenAddress.Tcp(host, port) : new ListenAddress.Tls(host, port);
    }

    private static ListenAddress unix(String text) throws WrongValueException {
        String path = text.replaceFirst("^unix:(//)?", "");
        if (!path.startsWith("/")) {
            throw new WrongValueException("A UNIX socket has an absolute path: unix:///run/logstream/forward.sock");
        }
        if (path.getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH_BYTES) {
            throw new WrongValueException("The path of a UNIX socket has at most " + LONGEST_PATH_BYTES + " bytes");
        }
        try {
            return new ListenAddress.Unix(Path.of(path));
        } catch (InvalidPathException invalid) {
            throw new WrongValueException("No file system takes this as a path");
        }
    }

    @Override
    public String show(List<ListenAddress> value) {
        return value.stream().map(address -> "'" + address.url() + "'").collect(Collectors.joining(", ", "[", "]"));
    }

    @Override
    public Shape shape() {
        return new Shape.Text("(?:tcp|tls)://.+|unix:.+");
    }

    @Override
    public boolean takesList() {
        return true;
    }
}
