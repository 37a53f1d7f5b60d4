package logstream.deploy.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The agent as an ECS service. */
class EcsDaemonTest {
    static ResolvedStack daemon() {
        return new ResolvedStack(
                WrittenTemplate.of("ecs-daemon"),
                Map.of("Logstream", "logs", "AgentRole", "agents", "Image", "logstream:1.0", "Cluster", "web"));
    }

    @Test
    void anEcsAgentRunsOnEachInstanceAndKeepsItsBufferThere() {
        JsonNode service = daemon().properties("Service");
        JsonNode task = daemon().properties("TaskDefinition");

        assertThat(service.path("SchedulingStrategy").asText()).isEqualTo("DAEMON");
        assertThat(service.at("/DeploymentConfiguration/MaximumPercent").asInt())
                .isEqualTo(100); // one has the ports at a time
        assertThat(task.path("NetworkMode").asText()).isEqualTo("host");
        assertThat(task.path("TaskRoleArn").asText()).isEqualTo("<import agents-RoleArn>");
        assertThat(task.at("/Volumes/1/Host/SourcePath").asText()).isEqualTo("/var/lib/logstream");
        JsonNode agent = task.at("/ContainerDefinitions/1");
        assertThat(agent.at("/LogConfiguration/LogDriver").asText()).isNotEqualTo("fluentd");
        assertThat(agent.path("PortMappings"))
                .extracting(each -> each.path("ContainerPort").asInt())
                .containsExactly(24_224, 24_220);
        assertThat(agent.path("User").asText()).isEqualTo("10001:10001");
        assertThat(agent.path("ReadonlyRootFilesystem").asBoolean()).isTrue();
    }

    /** The agent's own grace is over before ECS kills it. */
    @Test
    void anEcsAgentHasTimeToShip() throws IOException {
        JsonNode containers = daemon().properties("TaskDefinition").path("ContainerDefinitions");
        JsonNode configuration =
                WrittenTemplate.parse(containers.at("/0/Environment/0/Value").asText());

        assertThat(configuration.at("/kinesis/stream").asText()).isEqualTo("<import logs-StreamName>");
        int grace =
                Integer.parseInt(configuration.at("/shutdown/grace").asText().replace("s", ""));
        assertThat(grace + 10)
                .isLessThanOrEqualTo(containers.at("/1/StopTimeout").asInt());
    }
}
