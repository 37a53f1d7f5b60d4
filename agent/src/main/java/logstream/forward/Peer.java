package logstream.forward;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * Who sends on a connection.
 *
 * <p>Threading: immutable.
 *
 * @param name for logs: address and port, or the UNIX socket
 * @param address the IP address alone, IPv6 in its short form (RFC 5952) and without a zone; empty for a UNIX socket
 */
public record Peer(String name, Optional<String> address) {
    private static final int IPV6_GROUPS = 8;

    /** The peer at the other end of a connection. */
    static Peer at(SocketAddress remote) {
        if (!(remote instanceof InetSocketAddress internet)) {
            return new Peer("a UNIX socket", Optional.empty());
        }
        String address = text(internet.getAddress());
        boolean ipv6 = internet.getAddress() instanceof Inet6Address;
        return new Peer((ipv6 ? "[" + address + "]:" : address + ":") + internet.getPort(), Optional.of(address));
    }

    @Override
    public String toString() {
        return name;
    }

    /** The address as people write it. */
    static String text(InetAddress address) {
        return address instanceof Inet6Address ? shortForm(address.getAddress()) : address.getHostAddress();
    }

    /** The address with these bytes and without a zone; of an IPv4 address written as IPv6 the IPv4 address. */
    static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + bytes.length + " bytes", e);
        }
    }

    /** Lower-case groups without leading zeros; the first of the longest runs of zero groups becomes two colons. */
    private static String shortForm(byte[] bytes) {
        int[] groups = new int[IPV6_GROUPS];
        int longest = 0;
        int begin = 0;
        int run = 0;
        for (int at = 0; at < IPV6_GROUPS; at++) {
            groups[at] = (bytes[2 * at] & 0xff) << 8 | (bytes[2 * at + 1] & 0xff);
            run = groups[at] == 0 ? run + 1 : 0;
            if (run > longest) {
                longest = run;
                begin = at + 1 - run;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < IPV6_GROUPS; at++) {
            if (longest > 1 && at == begin) {
                text.append("::");
                at += longest - 1;
            } else {
                text.append(text.isEmpty() || text.charAt(text.length() - 1) == ':' ? "" : ":")
                        .append(Integer.toHexString(groups[at]));
            }
        }
        return text.toString();
    }
}
