package logstream.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeerTest {
    /** RFC 5952, section 4. */
    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 192.0.2.7, 192.0.2.7:40000",
        "::ffff:192.0.2.7, 192.0.2.7, 192.0.2.7:40000",
        "::, ::, [::]:40000",
        "::1, ::1, [::1]:40000",
        "1::, 1::, [1::]:40000",
        "2001:0DB8:0:0:0:0:2:1, 2001:db8::2:1, [2001:db8::2:1]:40000",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1, [2001:db8:0:1:1:1:1:1]:40000",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1, [2001:0:0:1::1]:40000",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1, [2001:db8::1:0:0:1]:40000",
    })
    void anAddressIsWrittenShort(String literal, String address, String name) {
        Peer peer = Peer.at(new InetSocketAddress(InetAddress.ofLiteral(literal), 40_000));
        assertThat(peer.address()).hasValue(address);
        assertThat(peer.name()).isEqualTo(name);
    }

    @Test
    void aZoneIsNoPartOfTheAddress() throws UnknownHostException {
        byte[] linkLocal = InetAddress.ofLiteral("fe80::1").getAddress();
        InetAddress zoned = Inet6Address.getByAddress(null, linkLocal, 2);
        assertThat(zoned.getHostAddress()).endsWith("%2");
        assertThat(Peer.at(new InetSocketAddress(zoned, 1)).address()).hasValue("fe80::1");
    }

    @Test
    void aUnixSocketHasNoAddress() {
        assertThat(Peer.at(UnixDomainSocketAddress.of("")).address()).isEmpty();
    }
}
