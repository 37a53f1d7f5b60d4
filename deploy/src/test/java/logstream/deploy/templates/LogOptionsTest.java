package logstream.deploy.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Docker's log options in the templates: known to the oldest engine, asynchronous, and bounded. */
class LogOptionsTest {
    /** Log options of the fluentd driver that Docker 20.10 knows, with those of every driver; any other stops a container's start. */
    private static final Set<String> OPTIONS_OF_DOCKER_20_10 = Set.of(
            "fluentd-address",
            "fluentd-async",
            "fluentd-buffer-limit",
            "fluentd-retry-wait",
            "fluentd-max-retries",
            "fluentd-sub-second-precision",
            "fluentd-request-ack",
            "tag",
            "labels",
            "labels-regex",
            "env",
            "env-regex",
            "mode",
            "max-buffer-size");

    @Test
    void dockerKnowsThem() throws IOException {
        ObjectMapper json = new ObjectMapper();
        JsonNode daemon = json.readTree(HostStack.file(HostStack.userData(HostStack.of()), "/etc/docker/daemon.json"));
        JsonNode task = json.readTree(
                EcsDaemonTest.daemon().output("LogConfiguration").path("Value").asText());

        assertThat(daemon.path("log-driver").asText()).isEqualTo("fluentd");
        assertThat(task.path("logDriver").asText()).isEqualTo("fluentd");
        for (JsonNode options : List.of(daemon.path("log-opts"), task.path("options"))) {
            assertThat(options.properties()).isNotEmpty().allSatisfy(each -> {
                assertThat(OPTIONS_OF_DOCKER_20_10).contains(each.getKey());
                assertThat(each.getValue().isTextual())
                        .as("Docker takes no %s but texts", each)
                        .isTrue();
            });
            assertThat(options.path("fluentd-address").asText()).isEqualTo("127.0.0.1:24224");
            assertThat(options.path("fluentd-async").asText()).isEqualTo("true");
            assertThat(options.path("fluentd-buffer-limit").asInt()).isBetween(1, 65_536); // lines, of up to 16 KiB
            assertThat(options.path("tag").asText()).startsWith("grid.");
        }
    }
}
