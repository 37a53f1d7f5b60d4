package logstream.engines;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A real Docker engine: the one that answers the user already or, for root, one of our own that ends with the test JVM.
 *
 * <p>Invariants: our own engine keeps its data, socket and mounts under one temporary folder, and touches neither the
 * network nor the firewall of the machine (no bridge, no iptables): containers run with {@code --network host}. Everything
 * goes through the {@code docker} program, and no image is ever pulled: {@link #image} is made of a static busybox.
 *
 * <p>Threading: {@link #shared} may be called from any thread; one engine serves the whole JVM.
 */
public final class DockerEngine {
    private static final String IMAGE = "logstream-test/busybox:local";
    private static final Duration OPENS_WITHIN = Duration.ofSeconds(60);
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(20);

    private static @Nullable DockerEngine shared;

    private final @Nullable String host;
    private final Optional<Own> own;

    private DockerEngine(@Nullable String host, Optional<Own> own) {
        this.host = host;
        this.own = own;
    }

    /** What is ours to end. */
    private record Own(Process dockerd, Path folder, Path log) {}

    /**
     * What a program gave back.
     *
     * @param output standard output and standard error, as they came
     */
    public record Finished(int exitCode, String output) {
        /** The output, without white space around it; an error that shows it when the program failed. */
        public String orFail(String what) {
            if (exitCode != 0) {
                throw new IllegalStateException(what + " ended with exit code " + exitCode + ": " + output);
            }
            return output.strip();
        }
    }

    /** The engine of this JVM, started on first use; without one the test is skipped, or fails where engines are required. */
    public static synchronized DockerEngine shared() {
        if (shared == null) {
            String missing = whatIsMissing();
            Engines.require(missing.isEmpty(), "a Docker engine (" + missing + ")");
            DockerEngine engine = answers(null) ? new DockerEngine(null, Optional.empty()) : startOwn();
            Runtime.getRuntime().addShutdownHook(new Thread(engine::end, "end of the docker engine"));
            engine.makeImage();
            shared = engine;
        }
        return shared;
    }

    /** Value for {@code DOCKER_HOST}; empty when the user's own setting is in force. */
    public Optional<String> host() {
        return Optional.ofNullable(host);
    }

    /** An image with a shell, present in the engine. */
    public String image() {
        return IMAGE;
    }

    /** Runs {@code docker} with these arguments to its end, at most a minute. */
    public Finished docker(String... arguments) {
        return docker(List.of(arguments));
    }

    /** Runs {@code docker} with these arguments to its end, at most a minute. */
    public Finished docker(List<String> arguments) {
        return run(dockerCommand(host, arguments), Duration.ofMinutes(1));
    }

    private static String whatIsMissing() {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            return "the tests reach containers over the host's loopback, which only an engine on Linux shares";
        }
        if (!runs("docker", "--version")) {
            return "the program docker is not installed (Debian: apt-get install docker.io)";
        }
        if (staticBusybox().isEmpty()) {
            return "no busybox to make an image of (Debian: apt-get install busybox-static)";
        }
        if (answers(null)) {
            return "";
        }
        if (!runs("id", "-u")
                || !run(List.of("id", "-u"), OPENS_WITHIN).output().strip().equals("0")) {
            return "none answers `docker info`, and only root can start one";
        }
        return runs("dockerd", "--version") ? "" : "dockerd is not installed (Debian: apt-get install docker.io)";
    }

    private static boolean answers(@Nullable String host) {
        return run(dockerCommand(host, List.of("info", "--format", "{{.ServerVersion}}")), OPENS_WITHIN)
                        .exitCode()
                == 0;
    }

    private static Optional<Path> staticBusybox() {
        // A busybox that needs the machine's libraries does not run in an image of its own.
        return List.of(Path.of("/bin/busybox"), Path.of("/usr/bin/busybox"), Path.of("/bin/busybox.static")).stream()
                .filter(Files::isExecutable)
                .filter(path -> !runs("ldd", path.toString()))
                .findFirst();
    }

    private static DockerEngine startOwn() {
        try {
            // Short, for a socket's path holds at most 107 bytes.
            Path folder = Files.createTempDirectory(Path.of("/tmp"), "logstream-docker");
            Path log = folder.resolve("dockerd.log");
            String host = "unix://" + folder.resolve("docker.sock");
            Process dockerd = new ProcessBuilder(
                            "dockerd",
                            "--iptables=false",
                            "--ip6tables=false",
                            "--bridge=none",
                            "--data-root=" + folder.resolve("data"),
                            "--exec-root=" + folder.resolve("exec"),
                            "--pidfile=" + folder.resolve("pid"),
                            "--host=" + host)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            DockerEngine engine = new DockerEngine(host, Optional.of(new Own(dockerd, folder, log)));
            engine.awaitOpen(dockerd, log, host);
            return engine;
        } catch (IOException e) {
            throw new UncheckedIOException("dockerd could not be started", e);
        }
    }

    private void awaitOpen(Process dockerd, Path log, String address) throws IOException {
        long deadline = System.nanoTime() + OPENS_WITHIN.toNanos();
        while (!answers(address)) {
            if (!dockerd.isAlive() || System.nanoTime() > deadline) {
                String said = Files.readString(log);
                end();
                throw new IllegalStateException("dockerd did not open its socket: " + said);
            }
        }
    }

    private void makeImage() {
        if (docker("image", "inspect", IMAGE).exitCode() == 0) {
            return;
        }
        try {
            Path folder = Files.createTempDirectory("logstream-image");
            Path bin = Files.createDirectories(folder.resolve("root").resolve("bin"));
            Files.copy(staticBusybox().orElseThrow(), bin.resolve("busybox"));
            for (String name : List.of("sh", "cat", "echo", "printf", "seq", "sleep", "touch", "true")) {
                Files.createSymbolicLink(bin.resolve(name), Path.of("busybox"));
            }
            Path archive = folder.resolve("image.tar");
            run(List.of("tar", "-C", folder.resolve("root").toString(), "-cf", archive.toString(), "."), OPENS_WITHIN)
                    .orFail("tar");
            docker("import", archive.toString(), IMAGE).orFail("docker import");
            delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("no image could be made", e);
        }
        docker("run", "--rm", "--network", "host", IMAGE, "true").orFail("a first container");
    }

    /** Stops our own engine and leaves nothing of it; from another one only our image is removed. */
    private void end() {
        if (own.isEmpty()) {
            docker("image", "rm", "--force", IMAGE);
            return;
        }
        Own ours = own.get();
        ours.dockerd().destroy();
        try {
            if (!ours.dockerd().waitFor(STOPS_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                ours.dockerd().descendants().forEach(ProcessHandle::destroyForcibly);
                ours.dockerd().destroyForcibly().waitFor();
            }
            for (String mount : mountsUnder(ours.folder())) {
                run(List.of("umount", "--lazy", mount), STOPS_WITHIN);
            }
            delete(ours.folder());
        } catch (IOException e) {
            System.err.println("the engine's folder " + ours.folder() + " could not be removed: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The innermost first. */
    private static List<String> mountsUnder(Path folder) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/mounts")).stream()
                .map(line -> line.split(" ", 3)[1])
                .filter(mount -> mount.startsWith(folder + "/"))
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    private static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static List<String> dockerCommand(@Nullable String host, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add("docker");
        if (host != null) {
            command.addAll(List.of("--host", host));
        }
        command.addAll(arguments);
        return command;
    }

    private static boolean runs(String... command) {
        return run(List.of(command), OPENS_WITHIN).exitCode() == 0;
    }

    /** Exit code 127 as a shell would give it when there is no such program, 124 when it did not end in time. */
    private static Finished run(List<String> command, Duration limit) {
        try {
            Path output = Files.createTempFile("logstream-output", ".txt");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectInput(ProcessBuilder.Redirect.from(
                                Path.of("/dev/null").toFile()))
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                    return new Finished(124, "did not end within " + limit + ": " + text(output));
                }
                return new Finished(process.exitValue(), text(output));
            } finally {
                Files.delete(output);
            }
        } catch (IOException e) {
            return new Finished(127, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Finished(130, "interrupted");
        }
    }

    /** Whatever bytes a container wrote. */
    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
