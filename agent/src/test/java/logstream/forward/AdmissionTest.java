package logstream.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import logstream.forward.SecurityConfig.Proof;
import logstream.forward.SecurityConfig.Rule;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final Optional<Proof> PROOF = Optional.of(new Proof(Secret.of("key"), Map.of()));
    private static final SocketAddress UNIX = UnixDomainSocketAddress.of("");

    private static Admission admission(Rule... rules) {
        return new Admission(
                new SecurityConfig(Optional.empty(), List.of(rules)),
                Duration.ofSeconds(10),
                System::nanoTime,
                new SecureRandom());
    }

    private static Rule rule(String network, Optional<Proof> proof) {
        return new Rule(Network.parse(network), proof);
    }

    private static SocketAddress at(String address) {
        return new InetSocketAddress(InetAddress.ofLiteral(address), 40_000);
    }

    @Test
    void whoIsInNoNetworkIsNotAdmitted() {
        Admission admission = admission(rule("10.0.0.0/8", Optional.empty()), rule("::1", Optional.empty()));
        assertThat(admission.admits(at("10.1.2.3"))).isTrue();
        assertThat(admission.admits(at("::1"))).isTrue();
        assertThat(admission.admits(at("11.1.2.3"))).isFalse();
        assertThat(admission.admits(at("::2"))).isFalse();
    }

    @Test
    void theLongestPrefixHoldsInWhateverOrderTheyStand() {
        Rule wide = rule("10.0.0.0/8", PROOF);
        Rule narrow = rule("10.1.0.0/16", Optional.empty());
        Rule single = rule("10.1.1.1", PROOF);
        for (Admission admission : List.of(admission(wide, narrow, single), admission(single, narrow, wide))) {
            assertThat(admission.asksForProof(at("10.2.0.1"))).isTrue();
            assertThat(admission.asksForProof(at("10.1.0.1"))).isFalse();
            assertThat(admission.asksForProof(at("10.1.1.1"))).isTrue();
        }
    }

    @Test
    void withoutAKeyNobodyIsAsked() {
        Admission open = admission(SecurityConfig.OPEN.rules().toArray(Rule[]::new));
        assertThat(open.admits(at("192.0.2.1"))).isTrue();
        assertThat(open.asksForProof(at("192.0.2.1"))).isFalse();
        assertThat(open.asksForProof(at("2001:db8::1"))).isFalse();
    }

    @Test
    void whoComesThroughAUnixSocketIsAlwaysAdmittedAndNeverAsked() {
        Admission admission = admission(rule("10.0.0.0/8", PROOF));
        assertThat(admission.admits(UNIX)).isTrue();
        assertThat(admission.asksForProof(UNIX)).isFalse();
    }
}
