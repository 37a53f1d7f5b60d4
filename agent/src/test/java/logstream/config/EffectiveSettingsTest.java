package logstream.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import logstream.config.LoadedConfig.Change;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Environment variables, files of secrets, and where each value is said to be from. */
class EffectiveSettingsTest {
    @TempDir
    private Path folder;

    private LoadedConfig load(String yaml, Map<String, String> environment) throws Exception {
        return ConfigFile.load(Files.writeString(folder.resolve("logstream.yml"), yaml), environment);
    }

    private static EffectiveSetting of(LoadedConfig loaded, String key) {
        return loaded.effective().stream()
                .filter(one -> one.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "${STREAM}, logs, environment variable STREAM",
        "a-${STREAM}.${STREAM}, a-logs.logs, 'environment variable STREAM, environment variable STREAM'",
        "${NONE:-other}, other, environment variable NONE is not set",
        "${EMPTY:-other}, other, environment variable EMPTY is not set",
        "${STREAM:-other}, logs, environment variable STREAM",
        "${NONE:-}x, x, environment variable NONE is not set",
        "${BACKSLASHES:-a}, a, environment variable BACKSLASHES is not set",
    })
    void variablesArePutIn(String text, String stream, String sources) throws Exception {
        LoadedConfig loaded = load("kinesis:\n  stream: " + text, Map.of("STREAM", "logs", "EMPTY", ""));

        assertThat(loaded.config().kinesis().stream()).isEqualTo(stream);
        assertThat(of(loaded, "kinesis.stream"))
                .isEqualTo(new EffectiveSetting(
                        "kinesis.stream", Optional.of(stream), new Origin(2, List.of(sources.split(", "))), false));
    }

    @Test
    void whatIsPutInIsTextAndNeverYaml() throws Exception {
        LoadedConfig loaded = load(
                "{kinesis: {stream: s}, record: {tags: ['${TAGS}', 'a$${b}'], join_pieces: '${JOIN}'}}",
                Map.of("TAGS", "a.$1\\", "JOIN", "false"));

        assertThat(loaded.config().record().tags()).containsExactly("a.$1\\", "a${b}");
        assertThat(loaded.config().record().joinPieces()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            stream: ${NONE}         | line 2, column 11: kinesis.stream is '${NONE}'. Allowed: {any}. The environment variable NONE is not set: set it, or write ${NONE:-TEXT} with what holds without it
            stream: ${STREAM        | line 2, column 11: kinesis.stream is '${STREAM'. Allowed: {any}. An environment variable is ${NAME} or ${NAME:-TEXT}, and a plain ${ is $${; found '${STREAM'
            stream: ${A-B}          | line 2, column 11: kinesis.stream is '${A-B}'. Allowed: {any}. An environment variable is ${NAME} or ${NAME:-TEXT}, and a plain ${ is $${; found '${A-B}'
            stream: x${BAD}         | line 2, column 11: kinesis.stream is 'x${BAD}'. Allowed: {any}. With its environment variables it is 'xa b'
            """)
    void whatIsWrongIsSaid(String line, String said) {
        assertThatThrownBy(() -> load("kinesis:\n  " + line, Map.of("BAD", "a b")))
                .hasMessageContaining(said.substring(0, said.indexOf("{any}")))
                .hasMessageEndingWith(said.substring(said.indexOf("{any}") + "{any}".length()));
    }

    @Test
    void aWrongSecretFromTheEnvironmentIsNotShown() {
        assertThatThrownBy(() ->
                        load("{kinesis: {stream: s, proxy: '${PROXY}'}}", Map.of("PROXY", "ftp://user:geheim@proxy")))
                .hasMessageContaining("kinesis.proxy has a wrong value, not shown here")
                .hasMessageNotContaining("geheim");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "monitor: {token: {geheim: geheim}}",
                "monitor: {token: [geheim, b]}",
                "monitor: {token:geheim}",
                "monitor: {token: *geheim}",
                "monitor: {token: !geheim!x}",
                "monitor: {token: !geheim}",
                "monitor: {token: '${geheim'}",
                "monitor: {token: '${}geheim'}",
                "monitor: {token: \"geheim\\q\"}",
                "monitor: {token: geheim, token: geheim}",
                "monitor: {token: ge}heim, port: 1}",
                "monitor: token:geheim",
                "monitor:\n  token:geheim",
                "monitor:\n  token:geheim\n  port: 1",
                "monitor:\n  port: 1\n  token:geheim",
                "monitor:\n  port: 1\n token: geheim",
                "monitor:\n\ttoken: geheim",
                "monitor:\n  token: 'geheim",
                "monitor:\n  token: geheim: x",
                "monitor:\n  token: @geheim",
                "monitor:\n  token: |geheim",
                "monitor:\n  token: &geheim",
                "token:geheim",
                "forward: {security: [geheim]}",
                "forward: {security: {shared_key:geheim}}",
                "forward: {security: shared_key:geheim}",
                "forward: {security: {users: {web: geheim}}}",
                "forward: {security: {users: [web: geheim]}}",
                "forward: {security: {users: ['geheim']}}",
                "forward: {security: {users: 'web:${geheim'}}",
                "forward: {security: {networks: [shared_key:geheim]}}",
                "forward: {security: {networks: [{network: 10.0.0.0/8, shared_key: {geheim: geheim}}]}}",
                "forward: {security: {networks: [{network: 10.0.0.0/8, shared_key:geheim}]}}",
                "forward: {security: {networks: {shared_key: 'file:geheim\\0'}}}"
            })
    void aSecretInAWrongPlaceIsNotShown(String wrong) {
        assertThatThrownBy(() -> load("kinesis: {stream: s}\n" + wrong, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageNotContaining("geheim");
    }

    @Test
    void noSecretIsShownAndItsFileIs() throws Exception {
        Path key = Files.writeString(folder.resolve("key"), "geheim-1\n");
        LoadedConfig loaded = load("""
                kinesis: {stream: s, proxy: 'http://me:geheim-2@proxy:3128'}
                forward:
                  security:
                    shared_key: file:%s
                    users: ['web:geheim-3', 'db:file:%s', "app:${PASSWORD}"]
                    networks:
                      - 10.0.0.0/8
                      - network: 127.0.0.0/8
                        shared_key: geheim-5
                """.formatted(key, key), Map.of("PASSWORD", "geheim-4"));

        assertThat(loaded.effective().toString()).doesNotContain("geheim");
        assertThat(of(loaded, "kinesis.proxy").value()).contains("http://(secret)@proxy:3128");
        assertThat(of(loaded, "forward.security.shared_key"))
                .isEqualTo(new EffectiveSetting(
                        "forward.security.shared_key",
                        Optional.of("(secret)"),
                        new Origin(4, List.of("secret file " + key)),
                        false));
        assertThat(of(loaded, "forward.security.users").value())
                .contains("['app:(secret)', 'db:(secret)', 'web:(secret)']");
        assertThat(of(loaded, "forward.security.users").origin())
                .hasToString("line 5, environment variable PASSWORD, secret file " + key);
        assertThat(of(loaded, "forward.security.networks[0].network").origin()).hasToString("line 7");
        assertThat(of(loaded, "forward.security.networks[0].shared_key").origin())
                .hasToString("default");
        assertThat(of(loaded, "forward.security.networks[1].shared_key").value())
                .contains("(secret)");
        assertThat(of(loaded, "forward.security.networks[1].shared_key").origin())
                .hasToString("line 9");
    }

    @Test
    void defaultsAndWhatIsNotSetAreSaidToBeSo() throws Exception {
        LoadedConfig loaded = load("{kinesis: {stream: s}, buffer: {directory: b}}", Map.of());

        assertThat(of(loaded, "kinesis.region").value()).isEmpty();
        assertThat(of(loaded, "kinesis.linger").value()).contains("200ms");
        assertThat(of(loaded, "kinesis.linger").origin()).hasToString("default");
        assertThat(of(loaded, "buffer.directory").value())
                .contains(folder.resolve("b").toString());
        assertThat(of(loaded, "forward.security.networks").value()).contains("[]");
    }

    @Test
    void changesAreTold() throws Exception {
        Path key = Files.writeString(folder.resolve("key"), "one");
        String yaml = "{kinesis: {stream: s}, forward: {security: {shared_key: 'file:" + key + "'}}}";
        LoadedConfig before = load(yaml, Map.of());
        Files.writeString(key, "two");
        LoadedConfig after = load(yaml.replace("stream: s", "stream: s, linger: 1s"), Map.of());

        assertThat(before.changesTo(
                        load("# the same\n" + yaml.replace("stream: s", "stream: s, linger: 200ms"), Map.of())))
                .as("the secret was read again")
                .containsExactly(new Change("forward.security.shared_key", false));
        assertThat(before.changesTo(after))
                .extracting(Change::key)
                .containsExactly("forward.security.shared_key", "kinesis.linger");
        assertThat(after.changesTo(after)).isEmpty();
    }
}
