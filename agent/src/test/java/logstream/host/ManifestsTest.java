package logstream.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import logstream.config.ConfigException;
import logstream.config.ConfigFile;
import logstream.engines.Engines;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifests of compose, Kubernetes and ECS, against what their tools take. */
class ManifestsTest {
    private static final Path DEPLOY = Tool.ROOT.resolve("deploy");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final YAMLMapper YAML = new YAMLMapper();

    /** The API's types in TypeScript, which a compiler holds a manifest against: unknown keys and wrong types. */
    private static final Map<String, String> KINDS = Map.of(
            "Namespace", "core/v1",
            "ServiceAccount", "core/v1",
            "Service", "core/v1",
            "DaemonSet", "apps/v1");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "compose/logstream.yml",
                "kubernetes/base/logstream.yml",
                "kubernetes/overlays/example/logstream.yml"
            })
    void anAgentTakesTheConfiguration(String file) throws ConfigException {
        assertThat(ConfigFile.read(DEPLOY.resolve(file)).kinesis()).isNotNull();
    }

    @Test
    void composeTakesItsFile() {
        Engines.require(
                Tool.exists("docker-compose", "--version"), "docker-compose (Debian: apt-get install docker-compose)");
        Tool config = Tool.run(
                Map.of(),
                "docker-compose",
                "--file",
                DEPLOY.resolve("compose/compose.yaml").toString(),
                "config",
                "--quiet");
        assertThat(config.output()).isEmpty();
        assertThat(config.exitCode()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"task-definition.json, RegisterTaskDefinition", "service.json, CreateService"})
    void ecsTakesItsRequests(String file, String operation) {
        String script = """
                import json, sys, botocore.session, botocore.validate
                ecs = botocore.session.get_session().get_service_model('ecs')
                shape = ecs.operation_model(sys.argv[2]).input_shape
                print(botocore.validate.ParamValidator().validate(json.load(open(sys.argv[1])), shape).generate_report())
                """;
        Tool found = Tool.run(
                Map.of(), "python3", "-c", script, DEPLOY.resolve("ecs/" + file).toString(), operation);
        Engines.require(
                found.exitCode() != 127 && !found.output().contains("ModuleNotFoundError"),
                "botocore (pip install botocore)");
        assertThat(found.output().strip()).isEmpty();
        assertThat(found.exitCode()).isZero();
    }

    @Test
    void kubernetesTakesItsManifests() throws IOException {
        String types = System.getenv().getOrDefault("KUBERNETES_TYPES", "");
        Engines.require(
                Files.isDirectory(Path.of(types, "node_modules", "kubernetes-types")),
                "the types of Kubernetes' API (npm install kubernetes-types typescript, and its folder in KUBERNETES_TYPES)");
        List<String> source = new ArrayList<>();
        for (JsonNode manifest : manifests()) {
            String kind = manifest.path("kind").asText();
            source.add("export const o" + source.size() + ": import('kubernetes-types/" + KINDS.get(kind) + "')." + kind
                    + " = " + manifest.toPrettyString() + ";");
        }
        assertThat(source).hasSize(5);
        // Beside the types, where the compiler looks for them.
        Path file =
                Files.writeString(Files.createTempFile(Path.of(types), "manifests", ".ts"), String.join("\n", source));
        try {
            Tool compiled = Tool.run(
                    Map.of(),
                    Path.of(types, "node_modules", ".bin", "tsc").toString(),
                    "--noEmit",
                    "--strict",
                    "--skipLibCheck",
                    "--module",
                    "nodenext",
                    "--moduleResolution",
                    "nodenext",
                    file.toString());
            assertThat(compiled.output()).isEmpty();
            assertThat(compiled.exitCode()).isZero();
        } finally {
            Files.delete(file);
        }
    }

    /** Whatever the platform: the same bounds, and no rights. */
    @Test
    void everyPlatformHoldsTheAgentAlike() throws IOException {
        JsonNode compose = YAML.readTree(DEPLOY.resolve("compose/compose.yaml").toFile())
                .path("services")
                .path("agent");
        assertThat(compose.path("mem_limit").asText()).isEqualTo("160m");
        assertThat(compose.path("read_only").asBoolean()).isTrue();
        assertThat(compose.path("cap_drop").path(0).asText()).isEqualTo("ALL");

        JsonNode agent = manifests().stream()
                .filter(one -> one.path("kind").asText().equals("DaemonSet"))
                .findFirst()
                .orElseThrow()
                .at("/spec/template/spec/containers/0");
        assertThat(agent.at("/resources/limits/memory").asText()).isEqualTo("160Mi");
        assertThat(agent.at("/securityContext/readOnlyRootFilesystem").asBoolean())
                .isTrue();
        assertThat(agent.at("/securityContext/capabilities/drop/0").asText()).isEqualTo("ALL");

        JsonNode task = JSON.readTree(DEPLOY.resolve("ecs/task-definition.json").toFile())
                .at("/containerDefinitions/0");
        assertThat(task.path("memory").asInt()).isEqualTo(160);
        assertThat(task.path("readonlyRootFilesystem").asBoolean()).isTrue();
        assertThat(task.at("/linuxParameters/capabilities/drop/0").asText()).isEqualTo("ALL");
        assertThat(task.path("user").asText()).isEqualTo("10001:10001");
    }

    @Test
    void everyManifestIsListed() throws IOException {
        Path base = DEPLOY.resolve("kubernetes/base");
        List<String> listed = new ArrayList<>();
        YAML.readTree(base.resolve("kustomization.yaml").toFile())
                .path("resources")
                .forEach(one -> listed.add(one.asText()));
        try (Stream<Path> files = Files.list(base)) {
            assertThat(files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".yaml") && !name.equals("kustomization.yaml")))
                    .containsExactlyInAnyOrderElementsOf(listed);
        }
    }

    /** Those of the base, and the one that the example changes. */
    private static List<JsonNode> manifests() throws IOException {
        List<JsonNode> manifests = new ArrayList<>();
        for (String file : List.of(
                "base/namespace.yaml",
                "base/service-account.yaml",
                "base/service.yaml",
                "base/daemon-set.yaml",
                "overlays/example/service-account.yaml")) {
            try (MappingIterator<JsonNode> documents = YAML.readerFor(JsonNode.class)
                    .readValues(DEPLOY.resolve("kubernetes").resolve(file).toFile())) {
                manifests.addAll(documents.readAll());
            }
        }
        return manifests;
    }
}
