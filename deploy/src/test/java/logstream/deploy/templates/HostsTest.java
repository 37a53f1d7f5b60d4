package logstream.deploy.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts of agents.yaml: the agent is there before any container, and a host that goes takes no lines with it. */
class HostsTest {
    @TempDir
    private Path folder;

    @Test
    void containersReachTheMetadataServiceAndOnlyItsSecondVersion() {
        assertThat(HostStack.of().properties("LaunchTemplate").at("/LaunchTemplateData/MetadataOptions"))
                .hasToString(
                        "{\"HttpEndpoint\":\"enabled\",\"HttpTokens\":\"required\",\"HttpPutResponseHopLimit\":2}");
    }

    @Test
    void theDiskIsEncrypted() {
        assertThat(HostStack.of().properties("LaunchTemplate").at("/LaunchTemplateData/BlockDeviceMappings"))
                .allSatisfy(each ->
                        assertThat(each.at("/Ebs/Encrypted").asBoolean()).isTrue())
                .isNotEmpty();
    }

    /** Docker's default is set before Docker's first start, the agent answers before the first container is started. */
    @Test
    void theAgentIsThereBeforeAnyContainer() {
        String script = HostStack.userData(HostStack.of());

        assertThat(script).startsWith("#!/bin/bash\nset -euo pipefail\n");
        assertThat(List.of(
                        script.indexOf("trap 'cfn-signal"),
                        script.indexOf("/etc/docker/daemon.json"),
                        script.indexOf("/etc/logstream/logstream.yml"),
                        script.indexOf("systemctl enable --now logstream logstream-let-go"),
                        script.indexOf("docker run -d --restart always web")))
                .isSorted()
                .doesNotContain(-1);
        assertThat(script.split("systemctl (enable --now|start|restart) docker", -1))
                .as("starts of Docker")
                .hasSize(1);

        String unit = HostStack.file(script, "/etc/systemd/system/logstream.service");
        assertThat(unit)
                .contains("Requires=docker.service")
                .contains("ExecStartPost=/usr/bin/curl")
                .contains("http://127.0.0.1:24220/healthz")
                .contains("--network host")
                .contains("--log-driver local") // its own lines do not go through itself
                .contains("--volume /var/lib/logstream:/var/lib/logstream")
                .contains("registry.example.com/logstream:1.0 run --config /etc/logstream/logstream.yml\n")
                .contains("Restart=on-failure"); // what 'logstream drain' has ended is not started again
    }

    @Test
    void theAgentWritesIntoTheStack() throws IOException {
        JsonNode configuration = WrittenTemplate.parse(
                HostStack.file(HostStack.userData(HostStack.of()), "/etc/logstream/logstream.yml"));

        assertThat(configuration.at("/kinesis/stream").asText()).isEqualTo("<import logs-StreamName>");
        assertThat(configuration.at("/kinesis/region").asText()).isEqualTo("eu-west-1");
        assertThat(configuration.at("/buffer/directory").asText()).isEqualTo("/var/lib/logstream/buffer");
        assertThat(configuration.at("/record/tags"))
                .extracting(JsonNode::asText)
                .containsExactly("grid", "grid.**");
    }

    @Test
    void aHostWithoutStreamHasNoAgent() throws Exception {
        ResolvedStack stack = HostStack.of("Logstream", "", "AgentRole", "", "Image", "");

        assertThat(HostStack.userData(stack))
                .contains("systemctl enable --now docker\n")
                .doesNotContain("logstream.service");
        assertThat(stack.resources()).doesNotContainKey("HostPolicy");
        assertThat(stack.properties("Hosts").has("LifecycleHookSpecificationList"))
                .isFalse();
        assertThat(isShell(HostStack.userData(stack))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"AgentRole", "Image"})
    void aStreamAsksForRoleAndImage(String parameter) {
        Map<String, String> parameters = new HashMap<>(HostStack.WITH_AGENT);
        parameters.put(parameter, "");

        assertThat(ResolvedStack.refusal(WrittenTemplate.of("agents"), parameters))
                .hasValueSatisfying(why -> assertThat(why).contains("give " + parameter));
    }

    @Test
    void userDataIsShellAndShort() throws Exception {
        String script = HostStack.userData(
                HostStack.of("ImageRepositoryArn", "arn:aws:ecr:eu-west-1:123456789012:repository/logstream"));

        assertThat(isShell(script)).isTrue();
        assertThat(isShell(HostStack.file(script, "/usr/local/sbin/logstream-let-go")))
                .isTrue();
        assertThat(script.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(16 * 1024); // EC2 takes no more
        assertThat(isShell("if true")).isFalse();
    }

    private boolean isShell(String script) throws IOException, InterruptedException {
        Path file = Files.writeString(folder.resolve("script"), script);
        return new ProcessBuilder("bash", "-n", file.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("bash.out").toFile())
                        .start()
                        .waitFor()
                == 0;
    }

    @Test
    void aHostThatGoesIsHeldUntilItsAgentIsDrained() {
        ResolvedStack stack = HostStack.of();
        JsonNode hook = stack.properties("Hosts").path("LifecycleHookSpecificationList");

        assertThat(hook).singleElement().satisfies(each -> {
            assertThat(each.path("LifecycleHookName").asText()).isEqualTo("drain");
            assertThat(each.path("LifecycleTransition").asText()).isEqualTo("autoscaling:EC2_INSTANCE_TERMINATING");
            assertThat(each.path("DefaultResult").asText()).isEqualTo("CONTINUE");
            assertThat(each.path("HeartbeatTimeout").asInt()).isGreaterThan(2 * 300); // one heartbeat may be lost
        });
        PolicyStatements host = PolicyStatements.of("agents", HostStack.WITH_AGENT);
        assertThat(host.actionsOf("autoscaling"))
                .containsExactlyInAnyOrder("CompleteLifecycleAction", "RecordLifecycleActionHeartbeat");
        assertThat(host.resourcesOf("autoscaling"))
                .containsExactly("arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:*:autoScalingGroupName/"
                        + stack.properties("Hosts").path("AutoScalingGroupName").asText());
        assertThat(host.all()).hasSize(1);
        assertThat(stack.properties("Hosts").path("Tags").toString())
                .as("a reference keeps the policy to the end")
                .contains("<HostPolicy>");
    }

    @Test
    void hostsPullFromTheirRepositoryAlone() {
        String repository = "arn:aws:ecr:eu-west-1:123456789012:repository/logstream";
        Map<String, String> parameters = new HashMap<>(HostStack.WITH_AGENT);
        parameters.put("ImageRepositoryArn", repository);
        PolicyStatements host = PolicyStatements.of("agents", parameters);

        assertThat(host.withSid("Pull").path("Resource").asText()).isEqualTo(repository);
        assertThat(host.actionsOf("ecr"))
                .containsExactlyInAnyOrder("BatchGetImage", "GetDownloadUrlForLayer", "GetAuthorizationToken");
        assertThat(new ResolvedStack(WrittenTemplate.of("agents"), parameters)
                        .properties("Hosts")
                        .path("Tags")
                        .toString())
                .contains("<HostPolicy> <PullPolicy>");
        assertThat(HostStack.userData(new ResolvedStack(WrittenTemplate.of("agents"), parameters)))
                .contains("if [ -n '" + repository + "' ]; then\n  dnf install -y amazon-ecr-credential-helper\n")
                .contains("\\\"${image%%/*}\\\": \\\"ecr-login\\\"");
    }

    @Test
    void hostsAreReplacedOneByOneAndOnlyByWorkingOnes() {
        JsonNode update = HostStack.of().resource("Hosts").at("/UpdatePolicy/AutoScalingRollingUpdate");

        assertThat(update.path("MaxBatchSize").asInt()).isEqualTo(1);
        assertThat(update.path("WaitOnResourceSignals").asBoolean()).isTrue();
        assertThat(update.path("MinInstancesInService").asText()).isEqualTo("1");
        assertThat(HostStack.userData(HostStack.of()))
                .contains("trap 'cfn-signal --exit-code $? --stack logs --resource Hosts --region eu-west-1' EXIT\n");
    }
}
