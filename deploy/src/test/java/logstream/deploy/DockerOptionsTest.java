package logstream.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code docker-options} prints, and what the environment of grid-api changes. */
class DockerOptionsTest {
    private final Tool tool = new Tool();

    @AfterEach
    void close() {
        tool.close();
    }

    private Tool.Outcome options(String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("docker-options", "--manifest", "devel/www-data/shop", "--app", "devel/www-data/redis-test"));
        arguments.addAll(List.of(more));
        return tool.runPlain(arguments.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"docker", "compose", "ecs", "kubernetes", "daemon.json", "nomad"})
    void eachFormatIsAsWritten(String format) throws IOException {
        Tool.Outcome outcome = options("--format", format);

        Golden.check("docker-options-" + format + ".txt", outcome.out() + "-- standard error\n" + outcome.err());
        assertThat(outcome.exitCode()).isZero();
        assertThat(options("--format", format, "-q").out()).isEqualTo(outcome.out());
        assertThat(options("--format", format, "-q").err()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "compose, /logging/options/tag",
        "ecs, /logConfiguration/options/tag",
        "daemon.json, /log-opts/tag",
        "kubernetes, /pipeline/inputs/0/tag"
    })
    void whatIsPrintedCanBeRead(String format, String tag) throws IOException {
        assertThat(new ObjectMapper(new YAMLFactory())
                        .readTree(options("--format", format).out())
                        .at(tag)
                        .asText())
                .isEqualTo("grid.devel/www-data/shop:devel/www-data/redis-test");
    }

    @ParameterizedTest
    @CsvSource({
        "docker, \"'--log-opt=env-regex=^(A|B)$ {x}'\"",
        "compose, 'env-regex: \"^(A|B)$$ {x}\"'",
        "nomad, 'env-regex = \"^(A|B)$ {x}\"'"
    })
    void valuesAreQuotedForTheirReader(String format, String expected) {
        assertThat(options("--format", format, "--logstream-opts", "env-regex=^(A|B)$ {x}")
                        .out())
                .contains(expected.replace("\"'", "'").replace("'\"", "'"));
    }

    @Test
    void theEnvironmentOfGridApiCounts() {
        tool.environment.put("AG_LOGSTREAM", "1");
        tool.environment.put("AG_LOGSTREAM_DRIVER", "fluentd");
        tool.environment.put("AG_LOGSTREAM_DRIVER_OPTS", "fluentd-address=0.0.0.0:24224,fluentd-retry-wait=2s");
        tool.environment.put("AG_LOGSTREAM_TAG_PREFIX", "mesh");

        assertThat(options("-q").out())
                .isEqualTo("--log-driver=fluentd --log-opt=fluentd-address=0.0.0.0:24224"
                        + " --log-opt=tag=mesh.devel/www-data/shop:devel/www-data/redis-test --log-opt=fluentd-async=true"
                        + " --log-opt=fluentd-buffer-limit=8192"
                        + " --log-opt=fluentd-retry-wait=2s\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--logstream-driver", "--logsteram-driver"})
    void optionsGoBeforeTheEnvironment(String driver) {
        tool.environment.put("AG_LOGSTREAM_DRIVER", "fluentd");
        tool.environment.put("AG_LOGSTREAM_TAG_PREFIX", "mesh");

        assertThat(options("-q", driver, "journald", "--logstream-tag-prefix", "grid")
                        .out())
                .isEqualTo("--log-driver=journald"
                        + " --log-opt=tag=grid.devel/www-data/shop:devel/www-data/redis-test\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "false", "", "OFF"})
    void logstreamCanBeOff(String value) {
        tool.environment.put("AG_LOGSTREAM", value);
        Tool.Outcome off = options();

        assertThat(off.out()).isEmpty();
        assertThat(off.err()).isEqualTo("AG_LOGSTREAM is " + value + ": Logstream is off, no settings\n");
        assertThat(off.exitCode()).isZero();
        assertThat(options("--logstream").out()).startsWith("--log-driver=fluentd ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            --prefix              | a b                           | the prefix 'a b' is not of letters, digits and _.-
            --logstream-opts      | fluentd-async                 | 'fluentd-async' in the driver's options is no NAME=VALUE
            --logstream-opts      | fluentd-read-timeout=1s       | Docker 20.10 does not know fluentd-read-timeout (only from 29.0 on): containers would not start
            """)
    void whatNoContainerWouldStartWithIsRefused(String option, String value, String sentence) {
        Tool.Outcome outcome = options(option, value);

        assertThat(outcome.err()).isEqualTo("logstream-deploy: " + sentence + "\n");
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void namesHaveThreeParts() {
        assertThat(tool.runPlain("docker-options", "--manifest", "a/b", "--app", "a/b/c")
                        .err())
                .isEqualTo("logstream-deploy: --manifest 'a/b' is no ENV/ROLE/NAME of letters, digits and _.-, such as"
                        + " prod/www/shop\n");
        assertThat(tool.runPlain("docker-options", "--manifest", "a/b/c", "--app", "a/b/{{.ID}}")
                        .exitCode())
                .isEqualTo(ExitCode.USAGE);
    }
}
