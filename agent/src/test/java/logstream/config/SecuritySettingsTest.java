package logstream.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import logstream.forward.Network;
import logstream.forward.Secret;
import logstream.forward.SecurityConfig;
import logstream.forward.SecurityConfig.Proof;
import logstream.forward.SecurityConfig.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys, users and networks; what is wrong with files is in {@link WrongConfigTest}. */
class SecuritySettingsTest {
    @TempDir
    private Path folder;

    private SecurityConfig read(String security) throws Exception {
        String yaml = "kinesis: {stream: lines}\nforward:\n  security:\n" + security.indent(4);
        return ConfigFile.read(Files.writeString(folder.resolve("logstream.yml"), yaml))
                .forward()
                .security();
    }

    private static Rule rule(String network, String key, Map<String, Secret> users) {
        return new Rule(Network.parse(network), Optional.of(new Proof(Secret.of(key), users)));
    }

    private static Rule open(String network) {
        return new Rule(Network.parse(network), Optional.empty());
    }

    @Test
    void networksHaveTheSharedKeyTheirOwnOrNone() throws Exception {
        Secret web = Secret.of("w");
        Secret db = Secret.of("d");
        assertThat(read("""
                        shared_key: everywhere
                        users: ['web:w', 'db:d']
                        networks:
                          - 10.0.0.0/8
                          - network: 10.1.0.0/16
                            shared_key: none
                          - network: 10.2.0.0/16
                            shared_key: there
                            users: [db]
                          - {network: 'fd00::/8', users: web}
                        """).rules())
                .containsExactly(
                        rule("10.0.0.0/8", "everywhere", Map.of("web", web, "db", db)),
                        open("10.1.0.0/16"),
                        rule("10.2.0.0/16", "there", Map.of("db", db)),
                        rule("fd00::/8", "everywhere", Map.of("web", web)));
    }

    @Test
    void aSingleNetworkNeedsNoList() throws Exception {
        assertThat(read("networks: 10.0.0.0/8").rules()).containsExactly(open("10.0.0.0/8"));
        assertThat(read("networks: {network: 10.0.0.0/8, shared_key: NONE}").rules())
                .containsExactly(open("10.0.0.0/8"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"key with = and: colons", "key with = and: colons\n", "key with = and: colons\r\n"})
    void aSecretMayStandInAFileOfItsOwn(String content) throws Exception {
        Path file = Files.writeString(folder.resolve("key"), content);
        String secret = "key with = and: colons";
        assertThat(read("shared_key: file:" + file + "\nusers: ['web:file:" + file + "']"))
                .isEqualTo(new SecurityConfig(
                        Optional.empty(),
                        List.of(
                                rule("0.0.0.0/0", secret, Map.of("web", Secret.of(secret))),
                                rule("::/0", secret, Map.of("web", Secret.of(secret))))));
    }

    @Test
    void onlyOneLineEndIsNoPartOfTheSecret() throws Exception {
        Path file = Files.writeString(folder.resolve("key"), "key\n\n");
        assertThat(read("shared_key: file:" + file).rules())
                .containsExactly(rule("0.0.0.0/0", "key\n", Map.of()), rule("::/0", "key\n", Map.of()));
    }

    @Test
    void whatIsWrongWithAFileOfASecretIsSaid() throws Exception {
        Path missing = folder.resolve("missing");
        Path empty = Files.writeString(folder.resolve("empty"), "\n");
        Path large = Files.writeString(folder.resolve("large"), "x".repeat(1025));
        assertThatThrownBy(() -> read("shared_key: file:" + missing))
                .hasMessageContaining(
                        "line 4, column 17: forward.security.shared_key has a wrong value, not shown here")
                .hasMessageEndingWith(missing + " does not exist");
        assertThatThrownBy(() -> read("shared_key: file:" + empty)).hasMessageEndingWith("An empty secret is none");
        assertThatThrownBy(() -> read("shared_key: file:" + large)).hasMessageEndingWith("It is too long");
        assertThatThrownBy(() -> read("shared_key: file:" + folder)).hasMessageContaining(folder + " cannot be read");
        assertThatThrownBy(() -> read("shared_key: k\nusers: ['web:file:" + missing + "']"))
                .hasMessageEndingWith("Of the password of 'web': " + missing + " does not exist");
    }

    @Test
    void noSecretIsEverShown() throws Exception {
        String shown = read("""
                shared_key: geheim
                users: ['web:geheim']
                networks: [10.0.0.0/8, {network: 10.1.0.0/16, shared_key: geheim}]
                """).toString();
        assertThat(shown).contains("10.1.0.0/16", "web=(secret)").doesNotContain("geheim");
        for (String wrong : List.of(
                "shared_key: [geheim]",
                "shared_key: {geheim: 1}",
                "shared_key: 'geheim" + "x".repeat(1024) + "'",
                "shared_key: k\nusers: geheim",
                "shared_key: k\nusers: [':geheim']",
                "shared_key: k\nusers: ['a:geheim', 'a:geheim']",
                "shared_key: k\nusers: ['a:geheim', [b]]",
                "networks: {network: x, shared_key: geheim}",
                "networks: [{network: 10.0.0.0/8, shared_key: [geheim]}]")) {
            assertThatThrownBy(() -> read(wrong))
                    .isInstanceOf(ConfigException.class)
                    .message()
                    .doesNotContain("geheim");
        }
    }
}
