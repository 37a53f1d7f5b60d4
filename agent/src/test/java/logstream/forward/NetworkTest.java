package logstream.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0, true",
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.0.0.0/8, 9.255.255.255, false",
        "10.0.0.0/8, ::a00:0, false",
        "172.16.0.0/12, 172.31.255.255, true",
        "172.16.0.0/12, 172.32.0.0, false",
        "192.0.2.7, 192.0.2.7, true",
        "192.0.2.7, 192.0.2.6, false",
        "192.0.2.6/31, 192.0.2.7, true",
        "192.0.2.6/31, 192.0.2.8, false",
        "0.0.0.0/0, 255.255.255.255, true",
        "0.0.0.0/0, ::1, false",
        "::/0, ffff::, true",
        "::/0, 127.0.0.1, false",
        "::1, ::1, true",
        "::1, ::2, false",
        "fd00::/8, fdff::1, true",
        "fd00::/8, fe00::, false",
        "2001:db8::/33, 2001:db8:7fff::1, true",
        "2001:db8::/33, 2001:db8:8000::, false",
        "::ffff:10.0.0.0/104, 10.9.9.9, true",
        "::ffff:192.0.2.7, 192.0.2.7, true",
    })
    void holds(String network, String address, boolean expected) {
        assertThat(Network.parse(network).contains(InetAddress.ofLiteral(address)))
                .isEqualTo(expected);
    }

    /** As a socket that takes both families may give it. */
    @Test
    void anIpv4AddressWrittenAsIpv6IsIpv4() throws UnknownHostException {
        InetAddress mapped = InetAddress.getByAddress(HexFormat.of().parseHex("00000000000000000000ffff0a010203"));
        assertThat(Network.parse("10.0.0.0/8").contains(mapped)).isTrue();
        assertThat(Network.ALL_IPV6.contains(mapped)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0/8",
        "10.1.2.3, 10.1.2.3/32",
        "::1, ::1/128",
        "2001:DB8:0:0::/32, 2001:db8::/32",
        "::ffff:10.0.0.0/104, 10.0.0.0/8",
    })
    void isShownInItsShortForm(String text, String shown) {
        assertThat(Network.parse(text)).hasToString(shown).isEqualTo(Network.parse(shown));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1/8, has bits behind its prefix: write '10.0.0.0/8'",
        "fd00::1/64, has bits behind its prefix: write 'fd00::/64'",
        "10.0.0.0/33, is 0 to 32",
        "::/129, is 0 to 128",
        "::ffff:0.0.0.0/95, is 96 to 128",
        "10.1, is no IP address or network",
        "10.0.0.256, is no IP address or network",
        "010.0.0.1, is no IP address or network",
        "10.0.0.0/, is no IP address or network",
        "10.0.0.0/-1, is no IP address or network",
        "10.0.0.0/255.0.0.0, is no IP address or network",
        "::1::2, is no IP address or network",
        "fe80::1%eth0, is no IP address or network",
        "localhost, is no IP address or network",
        "'', is no IP address or network",
    })
    void othersAreRefused(String text, String sentence) {
        assertThatThrownBy(() -> Network.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageEndingWith(sentence);
    }
}
