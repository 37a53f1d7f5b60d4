package logstream.forward;

import java.net.InetAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of IP addresses in CIDR form, or a single one. IPv4 addresses written as IPv6 ({@code ::ffff:10.0.0.1}) count as
 * IPv4, so {@code ::/0} holds no IPv4 address.
 *
 * <p>Threading: immutable.
 *
 * @param address the first address of the range; the bits behind the prefix are 0
 * @param prefix bits that all its addresses have in common: 0 to 32 for IPv4, 0 to 128 for IPv6
 */
public record Network(InetAddress address, int prefix) {
    private static final int IPV4_BITS = 32;
    private static final int IPV6_BITS = 128;

    /** Where an IPv4 address begins in the IPv6 address that stands for it. */
    private static final int MAPPED_BITS = IPV6_BITS - IPV4_BITS;

    /** {@link InetAddress#ofLiteral} takes shorter IPv4 addresses than anyone means: 10.1 as 10.0.0.1. */
    private static final Pattern FORM = Pattern.compile(
            "((?:0|[1-9]\\d{0,2})(?:\\.(?:0|[1-9]\\d{0,2})){3}|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)(?:/(\\d{1,3}))?");

    public static final Network ALL_IPV4 = parse("0.0.0.0/0");
    public static final Network ALL_IPV6 = parse("::/0");

    /**
     * The network that a text such as {@code 10.0.0.0/8}, {@code 10.1.2.3} or {@code fd00::/8} stands for.
     *
     * @throws IllegalArgumentException with a sentence that says what is wrong with it
     */
    public static Network parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no IP address or network");
        }
        InetAddress address;
        try {
            address = InetAddress.ofLiteral(matcher.group(1));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + text + "' is no IP address or network", e);
        }
        int bits = address.getAddress().length * Byte.SIZE;
        int prefix = matcher.group(2) == null ? bits : Integer.parseInt(matcher.group(2));
        boolean mapped = bits == IPV4_BITS && matcher.group(1).contains(":");
        if (mapped && matcher.group(2) != null) {
            prefix -= MAPPED_BITS;
        }
        if (prefix < 0 || prefix > bits) {
            throw new IllegalArgumentException(
                    "The prefix of '" + text + "' is " + (mapped ? MAPPED_BITS + " to " + IPV6_BITS : "0 to " + bits));
        }
        Network network = new Network(first(address, prefix), prefix);
        if (!network.address.equals(address)) {
            throw new IllegalArgumentException("'" + text + "' has bits behind its prefix: write '" + network + "'");
        }
        return network;
    }

    /** Whether the address is in the range. */
    public boolean contains(InetAddress other) {
        return other.getAddress().length == address.getAddress().length
                && first(other, prefix).equals(address);
    }

    /** In CIDR form, also for a single address. */
    @Override
    public String toString() {
        return Peer.text(address) + "/" + prefix;
    }

    /** The address with nothing but 0 behind the prefix. */
    private static InetAddress first(InetAddress address, int prefix) {
        byte[] bytes = address.getAddress();
        for (int at = 0; at < bytes.length; at++) {
            int kept = Math.clamp(prefix - at * Byte.SIZE, 0, Byte.SIZE);
            bytes[at] &= (byte) (0xff00 >> kept);
        }
        return Peer.address(bytes);
    }
}
