package logstream.deploy.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts of agents.yaml: the agent is there before any container, and a host that goes takes no lines with it. */
class HostsTest {
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

    private static final Map<String, String> WITH_AGENT = Map.of(
            "Logstream", "logs",
            "AgentRole", "agents",
            "Image", "registry.example.com/logstream:1.0",
            "Subnets", "subnet-1,subnet-2",
            "SecurityGroups", "sg-1",
            "StartCommand", "docker run -d --restart always web");

    @TempDir
    private Path folder;

    private static ResolvedStack hosts(String... more) {
        Map<String, String> parameters = new HashMap<>(WITH_AGENT);
        for (int i = 0; i < more.length; i += 2) {
            parameters.put(more[i], more[i + 1]);
        }
        return new ResolvedStack(WrittenTemplate.of("agents"), parameters);
    }

    private static String userData(ResolvedStack stack) {
        return stack.properties("LaunchTemplate")
                .at("/LaunchTemplateData/UserData")
                .asText();
    }

    /** The text that user data writes to a file. */
    private static String file(String userData, String path) {
        Matcher matcher = Pattern.compile("cat > " + Pattern.quote(path) + " <<'(\\w+)'\n(.*?)\n\\1\n", Pattern.DOTALL)
                .matcher(userData);
        assertThat(matcher.find()).as(path).isTrue();
        return matcher.group(2) + "\n";
    }

    @Test
    void containersReachTheMetadataServiceAndOnlyItsSecondVersion() {
        assertThat(hosts().properties("LaunchTemplate").at("/LaunchTemplateData/MetadataOptions"))
                .hasToString(
                        "{\"HttpEndpoint\":\"enabled\",\"HttpTokens\":\"required\",\"HttpPutResponseHopLimit\":2}");
    }

    @Test
    void theDiskIsEncrypted() {
        assertThat(hosts().properties("LaunchTemplate").at("/LaunchTemplateData/BlockDeviceMappings"))
                .allSatisfy(each ->
                        assertThat(each.at("/Ebs/Encrypted").asBoolean()).isTrue())
                .isNotEmpty();
    }

    /** Docker's default is set before Docker's first start, the agent answers before the first container is started. */
    @Test
    void theAgentIsThereBeforeAnyContainer() {
        String script = userData(hosts());

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

        String unit = file(script, "/etc/systemd/system/logstream.service");
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
        JsonNode configuration = WrittenTemplate.parse(file(userData(hosts()), "/etc/logstream/logstream.yml"));

        assertThat(configuration.at("/kinesis/stream").asText()).isEqualTo("<import logs-StreamName>");
        assertThat(configuration.at("/kinesis/region").asText()).isEqualTo("eu-west-1");
        assertThat(configuration.at("/buffer/directory").asText()).isEqualTo("/var/lib/logstream/buffer");
        assertThat(configuration.at("/record/tags"))
                .extracting(JsonNode::asText)
                .containsExactly("grid", "grid.**");
    }

    @ParameterizedTest
    @ValueSource(strings = {"agents", "ecs-daemon"})
    void dockerKnowsTheLogOptions(String template) throws IOException {
        JsonNode options = template.equals("agents")
                ? new ObjectMapper()
                        .readTree(file(userData(hosts()), "/etc/docker/daemon.json"))
                        .path("log-opts")
                : new ObjectMapper()
                        .readTree(daemon().output("LogConfiguration")
                                .path("Value")
                                .asText())
                        .path("options");

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

    @Test
    void aHostWithoutStreamHasNoAgent() throws Exception {
        ResolvedStack stack = hosts("Logstream", "", "AgentRole", "", "Image", "");

        assertThat(userData(stack)).contains("systemctl enable --now docker\n").doesNotContain("logstream.service");
        assertThat(stack.resources()).doesNotContainKey("HostPolicy");
        assertThat(stack.properties("Hosts").has("LifecycleHookSpecificationList"))
                .isFalse();
        assertThat(isShell(userData(stack))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"AgentRole", "Image"})
    void aStreamAsksForRoleAndImage(String parameter) {
        Map<String, String> parameters = new HashMap<>(WITH_AGENT);
        parameters.put(parameter, "");

        assertThat(ResolvedStack.refusal(WrittenTemplate.of("agents"), parameters))
                .hasValueSatisfying(why -> assertThat(why).contains("give " + parameter));
    }

    @Test
    void userDataIsShellAndShort() throws Exception {
        String script =
                userData(hosts("ImageRepositoryArn", "arn:aws:ecr:eu-west-1:123456789012:repository/logstream"));

        assertThat(isShell(script)).isTrue();
        assertThat(isShell(file(script, "/usr/local/sbin/logstream-let-go"))).isTrue();
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
        ResolvedStack stack = hosts();
        JsonNode hook = stack.properties("Hosts").path("LifecycleHookSpecificationList");

        assertThat(hook).singleElement().satisfies(each -> {
            assertThat(each.path("LifecycleHookName").asText()).isEqualTo("drain");
            assertThat(each.path("LifecycleTransition").asText()).isEqualTo("autoscaling:EC2_INSTANCE_TERMINATING");
            assertThat(each.path("DefaultResult").asText()).isEqualTo("CONTINUE");
            assertThat(each.path("HeartbeatTimeout").asInt()).isGreaterThan(2 * 300); // one heartbeat may be lost
        });
        PolicyStatements host = PolicyStatements.of("agents", WITH_AGENT);
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
        Map<String, String> parameters = new HashMap<>(WITH_AGENT);
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
        assertThat(userData(new ResolvedStack(WrittenTemplate.of("agents"), parameters)))
                .contains("if [ -n '" + repository + "' ]; then\n  dnf install -y amazon-ecr-credential-helper\n")
                .contains("\\\"${image%%/*}\\\": \\\"ecr-login\\\"");
    }

    @Test
    void hostsAreReplacedOneByOneAndOnlyByWorkingOnes() {
        JsonNode update = hosts().resource("Hosts").at("/UpdatePolicy/AutoScalingRollingUpdate");

        assertThat(update.path("MaxBatchSize").asInt()).isEqualTo(1);
        assertThat(update.path("WaitOnResourceSignals").asBoolean()).isTrue();
        assertThat(update.path("MinInstancesInService").asText()).isEqualTo("1");
        assertThat(userData(hosts()))
                .contains("trap 'cfn-signal --exit-code $? --stack logs --resource Hosts --region eu-west-1' EXIT\n");
    }

    /** Run for real, with stand-ins for what it calls: containers end first, then the agent ships, then the host goes. */
    @ParameterizedTest(name = "drain answers {0}: {1}")
    @CsvSource({
        "0,     drain",
        "3,     drain",
        "1 0,   drain restart drain",
        "1 1 1, drain restart drain restart drain restart",
    })
    void theHostGoesWhenAllIsShipped(String drainCodes, String agentCalls) throws Exception {
        String script = file(userData(hosts("DrainSeconds", "90")), "/usr/local/sbin/logstream-let-go");
        Path bin = Files.createDirectory(folder.resolve("bin"));
        Path calls = folder.resolve("calls");
        Files.writeString(folder.resolve("codes"), drainCodes.replace(' ', '\n') + "\n");
        program(bin, "curl", """
                case "$*" in
                  *api/token*) echo token ;;
                  *target-lifecycle-state*) cat "$HERE/state"; echo Terminated > "$HERE/state" ;;
                  *instance-id*) echo i-1 ;;
                esac
                """);
        Files.writeString(folder.resolve("state"), "InService\n");
        program(bin, "sleep", "[ \"$1\" != 300 ] || while kill -0 \"$PPID\"; do /bin/sleep 0.05; done");
        program(bin, "aws", "[ \"$2\" = record-lifecycle-action-heartbeat ] || echo \"aws $*\" >> \"$HERE/calls\"");
        program(bin, "systemctl", "echo \"restart\" >> \"$HERE/calls\"");
        program(bin, "docker", """
                case "$1" in
                  ps) printf 'web\\nlogstream\\nlogstream-web\\n' ;;
                  exec) echo "drain ${*:2}" >> "$HERE/calls"
                        code=$(head -1 "$HERE/codes"); sed -i 1d "$HERE/codes"; exit "$code" ;;
                  *) echo "docker $*" >> "$HERE/calls" ;;
                esac
                """);

        ProcessBuilder builder = new ProcessBuilder(
                "bash", Files.writeString(folder.resolve("let-go"), script).toString());
        builder.environment().put("PATH", bin + ":" + System.getenv("PATH"));
        builder.environment().put("HERE", folder.toString());
        builder.redirectErrorStream(true)
                .redirectOutput(folder.resolve("let-go.out").toFile());
        Process process = builder.start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).isZero();

        List<String> expected = new ArrayList<>(List.of("docker stop --time 30 web logstream-web"));
        for (String each : agentCalls.split(" ", -1)) {
            expected.add(
                    each.equals("drain")
                            ? "drain logstream logstream drain --timeout 90s --config /etc/logstream/logstream.yml"
                            : each);
        }
        expected.add("aws autoscaling complete-lifecycle-action --region eu-west-1 --auto-scaling-group-name logs"
                + " --lifecycle-hook-name drain --instance-id i-1 --lifecycle-action-result CONTINUE");
        assertThat(Files.readAllLines(calls)).isEqualTo(expected);
    }

    private static void program(Path bin, String name, String script) throws IOException {
        Path file = Files.writeString(bin.resolve(name), "#!/bin/bash\n" + script + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static ResolvedStack daemon() {
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
