package logstream.it;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import logstream.engines.DockerEngine;
import logstream.engines.Engines;

/**
 * A host for Puppet: a container whose first process is systemd, with this machine's Debian under {@code /usr}, and a
 * Docker engine, the one outside.
 *
 * <p>Invariants: the folder has the same path outside, for the engine mounts it into containers that Puppet makes.
 * Nothing else of the machine is written to but the container's own part of systemd's control groups.
 *
 * <p>Threading: confined to one thread.
 */
final class PuppetHost implements AutoCloseable {
    /** What {@code puppet apply --detailed-exitcodes} gives. */
    static final int NOTHING_CHANGED = 0;

    static final int CHANGED = 2;

    /** A bit: with or without {@link #CHANGED}. */
    static final int FAILED = 4;

    private static final String UNIX = "unix://";
    private static final String DEFAULT_HOST = UNIX + "/var/run/docker.sock";
    private static final Path SYSTEMD_CGROUP = Path.of("/sys/fs/cgroup/systemd");

    /** What a container has no use for, and what would empty {@code /tmp}. */
    private static final List<String> LEFT_OUT = List.of(
            "systemd-tmpfiles-setup.service",
            "systemd-tmpfiles-clean.timer",
            "systemd-udevd.service",
            "systemd-timesyncd.service",
            "systemd-logind.service",
            "systemd-networkd.service",
            "getty.target",
            "apt-daily.timer",
            "apt-daily-upgrade.timer");

    private final DockerEngine docker;
    private final Path folder;
    private final String name;

    private PuppetHost(DockerEngine docker, Path folder, String name) {
        this.docker = docker;
        this.folder = folder;
        this.name = name;
    }

    /** Returns when systemd is up; without one, or without Puppet, the test is skipped, or fails where engines are required. */
    static PuppetHost start(DockerEngine docker, Path folder) throws IOException {
        Engines.require(
                Files.exists(Path.of("/etc/debian_version")) && Files.isSymbolicLink(Path.of("/lib")),
                "a Debian of its own under /usr");
        for (String program : List.of("/usr/lib/systemd/systemd", "/usr/bin/puppet", "/usr/bin/docker")) {
            Engines.require(
                    Files.isExecutable(Path.of(program)),
                    program + " (Debian: apt-get install systemd puppet-agent docker.io)");
        }
        writeSystem(folder);
        String name = "logstream-host-" + ProcessHandle.current().pid();
        docker.docker(command(docker, folder, name)).orFail("docker run");
        PuppetHost host = new PuppetHost(docker, folder, name);
        try {
            await("systemd")
                    .atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> host.run("systemctl", "is-system-running").exitCode() == 0);
        } catch (RuntimeException e) {
            host.close();
            throw e;
        }
        return host;
    }

    private static List<String> command(DockerEngine docker, Path folder, String name) {
        String host = docker.host()
                .or(() -> Optional.ofNullable(System.getenv("DOCKER_HOST")))
                .orElse(DEFAULT_HOST);
        Engines.require(host.startsWith(UNIX), "a Docker engine on a UNIX socket, and not " + host + ",");
        String socket = host.substring(UNIX.length());
        List<String> command = new ArrayList<>(
                List.of("run", "--detach", "--name=" + name, "--network=host", "--tmpfs=/run", "--tmpfs=/run/lock"));
        command.addAll(List.of("--env=container=docker", "--security-opt=seccomp=unconfined"));
        if (Files.isDirectory(SYSTEMD_CGROUP)) {
            // Not --privileged: systemd would change how the machine's other control groups are mounted.
            command.addAll(List.of("--cap-add=SYS_ADMIN", "--security-opt=apparmor=unconfined"));
            command.add("--volume=" + SYSTEMD_CGROUP + ":" + SYSTEMD_CGROUP);
        } else {
            command.addAll(List.of("--privileged", "--cgroupns=private"));
        }
        for (String usr : List.of("bin", "sbin", "lib", "lib64")) {
            command.add("--volume=/usr/" + usr + ":/" + usr + ":ro");
        }
        command.addAll(List.of(
                "--volume=/usr:/usr:ro",
                "--volume=" + folder.resolve("system/etc") + ":/etc",
                "--volume=" + folder.resolve("system/var") + ":/var",
                "--volume=" + folder + ":" + folder,
                "--volume=" + module() + ":/modules/logstream:ro",
                "--volume=" + socket + ":/run/docker.sock",
                docker.image(),
                "/usr/lib/systemd/systemd"));
        return command;
    }

    /** What is not under /usr. */
    private static void writeSystem(Path folder) throws IOException {
        Path var = Files.createDirectories(folder.resolve("system/var"));
        Files.createDirectories(var.resolve("lib/puppet"));
        Files.createDirectories(var.resolve("cache/puppet"));
        Files.createDirectories(var.resolve("log"));
        Files.createDirectories(var.resolve("tmp"));
        Files.createSymbolicLink(var.resolve("run"), Path.of("/run"));
        Path etc = Files.createDirectories(folder.resolve("system/etc"));
        for (String file : List.of("ld.so.cache", "nsswitch.conf", "os-release", "debian_version")) {
            Files.copy(Path.of("/etc", file), etc.resolve(file));
        }
        Files.writeString(etc.resolve("passwd"), "root:x:0:0::/root:/bin/bash\n");
        Files.writeString(etc.resolve("group"), "root:x:0:\n");
        Files.writeString(etc.resolve("machine-id"), "");
        Path units = Files.createDirectories(etc.resolve("systemd/system"));
        for (String unit : LEFT_OUT) {
            Files.createSymbolicLink(units.resolve(unit), Path.of("/dev/null"));
        }
        // The engine is outside; whoever wants this unit finds it running.
        Files.writeString(units.resolve("docker.service"), """
                [Service]
                Type=oneshot
                RemainAfterExit=yes
                ExecStart=/bin/true
                """);
        Files.createDirectories(etc.resolve("puppet/data"));
        Files.writeString(etc.resolve("puppet/hiera.yaml"), """
                version: 5
                hierarchy:
                  - name: 'Host'
                    path: 'host.yaml'
                    datadir: data
                    data_hash: yaml_data
                """);
    }

    /** Tests run in the module's folder or in the repository's. */
    private static Path module() {
        Path here = Path.of("").toAbsolutePath();
        while (!Files.isRegularFile(here.resolve("puppet/metadata.json"))) {
            here = Objects.requireNonNull(here.getParent(), "no folder above this one has puppet/metadata.json in it");
        }
        return here.resolve("puppet");
    }

    /** A file of the host. */
    Path file(String path) {
        return folder.resolve("system").resolve(path.substring(1));
    }

    /** What Hiera says of the host from now on. */
    void hiera(String yaml) throws IOException {
        Files.writeString(file("/etc/puppet/data/host.yaml"), yaml);
    }

    /** Applies the classes, as an agent would. */
    DockerEngine.Finished apply(String... classes) {
        String code = String.join(
                "\n", Stream.of(classes).map(one -> "include " + one).toList());
        return run(
                "puppet",
                "apply",
                "--detailed-exitcodes",
                "--color=false",
                "--show_diff",
                "--confdir=/etc/puppet",
                "--vardir=/var/lib/puppet",
                "--hiera_config=/etc/puppet/hiera.yaml",
                "--modulepath=/modules",
                "--execute",
                code);
    }

    /** Runs a command to its end, at most a minute. */
    DockerEngine.Finished run(String... command) {
        return docker.docker(
                Stream.concat(Stream.of("exec", name), Stream.of(command)).toList());
    }

    @Override
    public void close() {
        docker.docker("rm", "--force", "--volumes", name);
    }
}
