package logstream.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import logstream.forward.ListenAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Where something listens: {@code host:port}, an IPv6 address in brackets.
 *
 * @param host without brackets
 */
record HostPort(String host, int port) {
    private static final Pattern FORM = Pattern.compile("(?:\\[([^\\]]+)\\]|([^:\\s]+))(?::(\\d{1,5}))?");

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** Reads {@code HOST[:PORT]}; the port is the Forward protocol's unless given. */
    static final class Converter implements ITypeConverter<HostPort> {
        @Override
        public HostPort convert(String text) {
            Matcher matcher = FORM.matcher(text);
            if (!matcher.matches()) {
                throw new TypeConversionException("'" + text + "' is no HOST:PORT; an IPv6 address needs brackets");
            }
            String host = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
            int port = matcher.group(3) == null ? ListenAddress.DEFAULT_PORT : Integer.parseInt(matcher.group(3));
            if (port < 1 || port > 65_535) {
                throw new TypeConversionException("port " + port + " is not in 1 to 65535");
            }
            return new HostPort(host, port);
        }
    }
}
