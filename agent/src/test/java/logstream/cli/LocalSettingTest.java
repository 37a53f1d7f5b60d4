package logstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import logstream.AgentConfig;
import logstream.forward.ListenAddress;
import logstream.kinesis.KinesisConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalSettingTest {
    @Test
    void everyTagIsShippedToTheEndpointGiven() {
        URI endpoint = URI.create("http://127.0.0.1:1");
        AgentConfig config = LocalSetting.config(endpoint, 2, 3, Path.of("/b"));

        assertThat(config.record().tags()).isEqualTo(List.of("**"));
        assertThat(config.forward().listen()).containsExactly(new ListenAddress.Tcp("127.0.0.1", 2));
        assertThat(config.monitor().bind()).isEqualTo("127.0.0.1");
        assertThat(config.monitor().port()).isEqualTo(3);
        assertThat(config.buffer().directory()).isEqualTo(Path.of("/b"));
        assertThat(config.kinesis().endpoint()).isEqualTo(endpoint);
        assertThat(LocalSetting.kinesis("lines", null, null)).isEqualTo(KinesisConfig.of("lines"));
    }

    @Test
    void theBufferIsInTheUsersCacheFolder() {
        assertThat(LocalSetting.bufferFolder(Map.of("XDG_CACHE_HOME", "/c", "HOME", "/h")))
                .isEqualTo(Path.of("/c/logstream/buffer"));
        assertThat(LocalSetting.bufferFolder(Map.of("XDG_CACHE_HOME", "c", "HOME", "/h")))
                .isEqualTo(Path.of("/h/.cache/logstream/buffer"));
        assertThat(LocalSetting.bufferFolder(Map.of()))
                .isEqualTo(Path.of(System.getProperty("user.home"), ".cache/logstream/buffer"));
    }

    @ParameterizedTest
    @CsvSource({
        "http://127.0.0.1:4567, true",
        "http://127.9.9.9, true",
        "https://localhost:4566, true",
        "http://[::1]:1, true",
        "http://127.0.0.1.example.com, false",
        "https://kinesis.eu-west-1.amazonaws.com, false"
    })
    void itKnowsThisMachine(URI endpoint, boolean loopback) {
        assertThat(LocalSetting.isLoopback(endpoint)).isEqualTo(loopback);
    }

    @Test
    void theStartTextTellsWhatToTypeNext() throws IOException {
        Path golden = Path.of("src/test/resources/logstream/cli/start.txt");
        String usual = StartText.of("agent/bin/logstream", LocalSetting.ENDPOINT, 24224, 24220, Path.of("/b"));
        String other = StartText.of("logstream", URI.create("http://127.0.0.1:1"), 2, 3, Path.of("/b"));
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(golden, usual + other);
        }
        assertThat(usual + other).isEqualTo(Files.readString(golden));
    }
}
