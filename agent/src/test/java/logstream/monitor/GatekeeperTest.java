package logstream.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import logstream.forward.Secret;
import logstream.monitor.Gatekeeper.Refusal;
import logstream.monitor.MonitorConfig.Access;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GatekeeperTest {
    private static final Optional<String> HERE = Optional.of("127.0.0.1:24220");
    private static final Optional<String> NOTHING = Optional.empty();

    private static Gatekeeper with(Access access) {
        return new Gatekeeper(
                new MonitorConfig("0.0.0.0", 0, access, List.of("Logs.Example"), Optional.empty()), "Host-1");
    }

    private final Gatekeeper closed = with(new Access.Nobody());
    private final Gatekeeper token = with(new Access.Token(Secret.of("s3cret")));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1", "127.0.0.1:24220", "10.1.2.3:80", "[::1]", "[fe80::1%25eth0]:24220", "localhost:24220",
                "LOCALHOST", "localhost.", "host-1:24220", "HOST-1", "logs.example", "logs.example.:443"
            })
    void thisHostIsAnswered(String host) {
        assertThat(closed.host(Optional.of(host))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:24220",
                "127.0.0.1.evil.example",
                "localhost.evil.example",
                "logs.example.evil",
                "1.2.3",
                "",
                ":24220",
                "[::1",
                "localhost:24220:1",
                "evil.example#localhost"
            })
    void otherNamesAreNot(String host) {
        assertThat(closed.host(Optional.of(host))).map(Refusal::status).contains(421);
        assertThat(closed.host(NOTHING)).map(Refusal::status).contains(421);
    }

    @Test
    void whoKnowsTheTokenIsTrusted() {
        assertThat(token.trusted(Optional.of("Bearer s3cret"), NOTHING, HERE)).isEmpty();
        assertThat(token.accessName()).isEqualTo("token");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer s3cre", "Bearer s3crets", "Bearer ", "s3cret", "Basic s3cret", "bearer s3cret"})
    void whoDoesNotIsNot(String authorization) {
        assertThat(token.trusted(Optional.of(authorization), NOTHING, HERE))
                .map(Refusal::status)
                .contains(401);
        assertThat(token.trusted(NOTHING, NOTHING, HERE)).map(Refusal::status).contains(401);
    }

    @Test
    void withoutATokenNobodyIsTrusted() {
        assertThat(closed.trusted(Optional.of("Bearer s3cret"), NOTHING, HERE))
                .map(Refusal::status)
                .contains(403);
        assertThat(closed.accessName()).isEqualTo("nobody");
    }

    @Test
    void pagesOfOtherSitesAreNotAnsweredEvenWhereEverybodyIs() {
        Gatekeeper open = with(new Access.Everybody());
        assertThat(open.trusted(NOTHING, NOTHING, HERE)).isEmpty();
        assertThat(open.trusted(NOTHING, Optional.of("http://127.0.0.1:24220"), HERE))
                .isEmpty();
        for (String origin : List.of("http://evil.example", "null", "http://127.0.0.1:80", "http://[", "")) {
            assertThat(open.trusted(NOTHING, Optional.of(origin), HERE))
                    .as(origin)
                    .map(Refusal::status)
                    .contains(403);
        }
    }
}
