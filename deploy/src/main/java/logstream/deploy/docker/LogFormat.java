package logstream.deploy.docker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** How log settings are written for the tool that starts the containers. */
public enum LogFormat {
    /** Words for {@code docker run}. */
    DOCKER,
    /** A part of a service in a compose file. */
    COMPOSE,
    /** A part of a container definition. */
    ECS,
    /** What to do instead. */
    KUBERNETES,
    /** The defaults of an engine. */
    DAEMON_JSON,
    /** A part of a task of Nomad. */
    NOMAD;

    private static final ObjectMapper JSON = new ObjectMapper();

    /** As it is called in options. */
    public String word() {
        return this == DAEMON_JSON ? "daemon.json" : name().toLowerCase(Locale.ROOT);
    }

    /** What to know about the place the settings go to. */
    public List<String> notes() {
        return switch (this) {
            case DOCKER -> List.of("Words for docker run, before the image.");
            case COMPOSE -> List.of("Belongs into a service of the compose file. Not into that of the agent itself.");
            case ECS ->
                List.of(
                        "Belongs into a container definition of a task that runs on EC2; Fargate has no fluentd driver.",
                        "The hosts' ECS agent must allow it: ECS_AVAILABLE_LOGGING_DRIVERS=[\"json-file\",\"fluentd\"] in"
                                + " /etc/ecs/ecs.config.");
            case KUBERNETES ->
                List.of(
                        "Kubernetes has no log options for a pod: its runtime writes all lines to /var/log/containers and"
                                + " asks no driver.",
                        "Instead, let a log shipper on each node read those files and forward them. This is a start for"
                                + " Fluent Bit (a DaemonSet with /var/log mounted and hostNetwork: true): one input for each"
                                + " application.");
            case DAEMON_JSON ->
                List.of(
                        "Belongs into /etc/docker/daemon.json; restart the engine afterwards. It holds for all new"
                                + " containers that say nothing else, and so does the tag.",
                        "The agent's own container must say something else, such as --log-driver=local.");
            case NOMAD -> List.of("Belongs into the config block of a task with the docker driver.");
        };
    }

    /** The settings alone, ending with a line end. */
    public String write(LogSettings settings) {
        return switch (this) {
            case DOCKER -> docker(settings);
            case COMPOSE -> compose(settings);
            case ECS -> ecs(settings);
            case KUBERNETES -> kubernetes(settings);
            case DAEMON_JSON -> daemonJson(settings);
            case NOMAD -> nomad(settings);
        };
    }

    private static String docker(LogSettings settings) {
        return settings.options().stream()
                .map(option -> word("--log-opt=" + option.name() + "=" + option.value()))
                .collect(Collectors.joining(" ", word("--log-driver=" + settings.driver()) + " ", "\n"));
    }

    private static String compose(LogSettings settings) {
        return settings.options().stream()
                .map(option ->
                        "    " + option.name() + ": " + json(option.value().replace("$", "$$")) + "\n")
                .collect(Collectors.joining("", "logging:\n  driver: " + settings.driver() + "\n  options:\n", ""));
    }

    private static String ecs(LogSettings settings) {
        Map<String, Object> configuration = new LinkedHashMap<>();
        configuration.put("logDriver", settings.driver());
        configuration.put("options", values(settings));
        return pretty(Map.of("logConfiguration", configuration));
    }

    private static String daemonJson(LogSettings settings) {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("log-driver", settings.driver());
        file.put("log-opts", values(settings));
        return pretty(file);
    }

    private static String nomad(LogSettings settings) {
        return settings.options().stream()
                .map(option -> "    " + option.name() + " = "
                        + json(option.value().replace("${", "$${").replace("%{", "%%{")) + "\n")
                .collect(Collectors.joining(
                        "", "logging {\n  type = " + json(settings.driver()) + "\n  config {\n", "  }\n}\n"));
    }

    private static String kubernetes(LogSettings settings) {
        Map<String, String> values = values(settings);
        String address =
                values.getOrDefault("fluentd-address", LogChoice.ADDRESS).replaceFirst("^tcp://", "");
        int colon = address.lastIndexOf(':');
        String host = colon < 0 ? address : address.substring(0, colon);
        String port = colon < 0 ? "24224" : address.substring(colon + 1);
        String tag = values.getOrDefault("tag", "");
        String pod = tag.substring(tag.lastIndexOf('/') + 1);
        return """
                pipeline:
                  inputs:
                    - name: tail
                      path: %s
                      multiline.parser: cri
                      tag: %s
                  outputs:
                    - name: forward
                      match: %s
                      host: %s
                      port: %s
                      require_ack_response: true
                      retry_limit: no_limits
                """.formatted(json("/var/log/containers/" + pod + "-*.log"), json(tag), json(tag), json(host), port);
    }

    private static Map<String, String> values(LogSettings settings) {
        Map<String, String> values = new LinkedHashMap<>();
        settings.options().forEach(option -> values.put(option.name(), option.value()));
        return values;
    }

    /** A word for a shell. */
    private static String word(String text) {
        return text.matches("[\\w@%+=:,./-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }

    private static String json(String text) {
        try {
            return JSON.writeValueAsString(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a text that is no JSON text: " + text, e);
        }
    }

    private static String pretty(Map<String, ?> members) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(members) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("no JSON can be made of " + members.keySet(), e);
        }
    }
}
