package logstream.it;

import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import logstream.engines.DockerEngine;

/**
 * A container of the agent's image, run as the image's page tells: read-only root, no capability, 160 MB. Removed when
 * closed.
 *
 * <p>Threading: {@link #kill} may be called from any thread; all else is confined to one.
 */
final class AgentContainer implements AutoCloseable {
    static final List<String> LOCKED_DOWN = List.of(
            "--network=host",
            "--read-only",
            "--cap-drop=ALL",
            "--security-opt=no-new-privileges",
            "--memory=160m",
            "--memory-swap=160m",
            "--pids-limit=256");

    private static final Pattern LISTENING = Pattern.compile("listening forward=tcp://127\\.0\\.0\\.1:(\\d+)");
    private static final Pattern ENDPOINT = Pattern.compile("listening (http://127\\.0\\.0\\.1:\\d+)");
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final DockerEngine docker = DockerEngine.shared();
    private final String name;

    private AgentContainer(String name) {
        this.name = name;
    }

    private static String newName(String what) {
        return "logstream-" + what + "-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();
    }

    /**
     * An agent with a configuration file, and its buffer on a volume.
     *
     * @param volume a name; it is made, and has what earlier containers left in it
     */
    static AgentContainer agent(Path config, String volume, String... options) {
        List<String> command = new ArrayList<>(LOCKED_DOWN);
        command.add("--volume=" + config + ":/etc/logstream/logstream.yml:ro");
        command.add("--volume=" + volume + ":/var/lib/logstream");
        command.addAll(List.of("--env=AWS_ACCESS_KEY_ID=test", "--env=AWS_SECRET_ACCESS_KEY=test"));
        command.addAll(List.of(options));
        return start("agent", command);
    }

    /** A local Kinesis endpoint with the stream that {@link Yaml} names. */
    static AgentContainer endpoint() {
        return start(
                "endpoint",
                List.of("--network=host", "--read-only", "--entrypoint=logstream"),
                "local",
                "--port=0",
                "--stream=" + Yaml.STREAM + ":2");
    }

    private static AgentContainer start(String what, List<String> options, String... arguments) {
        AgentContainer container = new AgentContainer(newName(what));
        List<String> command = new ArrayList<>(List.of("run", "--detach", "--name=" + container.name));
        command.addAll(options);
        command.add(AgentImage.built());
        command.addAll(List.of(arguments));
        container.docker.docker(command).orFail("docker run");
        return container;
    }

    /** Waits until the agent says that it listens. */
    int forwardPort() {
        return Integer.parseInt(awaitSaid(LISTENING));
    }

    /** Waits until the endpoint says that it listens. */
    URI endpointUri() {
        return URI.create(awaitSaid(ENDPOINT));
    }

    /** Waits until it has said so as often as it was started. */
    void awaitListening(int starts) {
        await(name + " listens for time " + starts)
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> LISTENING.matcher(said()).results().count() == starts);
    }

    private String awaitSaid(Pattern pattern) {
        String[] found = new String[1];
        await(name + " says " + pattern)
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(() -> {
                    Matcher matcher = pattern.matcher(said());
                    if (!matcher.find()) {
                        throw new AssertionError(name + " is " + inspect("{{.State.Status}}") + " and said: " + said());
                    }
                    found[0] = matcher.group(1);
                });
        return found[0];
    }

    String said() {
        return docker.docker("logs", name).output();
    }

    String inspect(String format) {
        return docker.docker("inspect", "--format=" + format, name).orFail("docker inspect");
    }

    /** A command of the program, in a container of its own that has the same volumes. */
    DockerEngine.Finished command(String... arguments) {
        List<String> whole =
                new ArrayList<>(List.of("run", "--rm", "--volumes-from=" + name, "--entrypoint=logstream"));
        whole.addAll(List.of("--network=host", AgentImage.built()));
        whole.addAll(List.of(arguments));
        return docker.docker(whole);
    }

    /** Runs a program in it. */
    DockerEngine.Finished exec(String... command) {
        List<String> whole = new ArrayList<>(List.of("exec", name));
        whole.addAll(List.of(command));
        return docker.docker(whole);
    }

    /** SIGKILL. */
    void kill() {
        docker.docker("kill", "--signal=KILL", name).orFail("docker kill");
    }

    /** SIGTERM, as an operator stops it; returns the exit code. */
    int stop() {
        docker.docker("stop", "--time=30", name).orFail("docker stop");
        return exitCode();
    }

    int exitCode() {
        docker.docker("wait", name).orFail("docker wait");
        return Integer.parseInt(inspect("{{.State.ExitCode}}"));
    }

    /** Starts the same container again. */
    void startAgain() {
        docker.docker("start", name).orFail("docker start");
    }

    @Override
    public void close() {
        docker.docker("rm", "--force", "--volumes", name).orFail("docker rm");
    }
}
