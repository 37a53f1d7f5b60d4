package logstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a checkout of its own, with a Java and a Maven that only say what they were asked. */
@Timeout(30)
class LauncherTest {
    private static final Path LAUNCHER = Path.of("bin/logstream").toAbsolutePath();

    @TempDir
    private Path folder;

    private Path checkout = Path.of("");
    private Path jar = Path.of("");
    private Path maven = Path.of("");

    private record Outcome(int exitCode, String out, String err) {}

    @BeforeEach
    void layOut() throws IOException {
        checkout = Files.createDirectories(folder.resolve("check out"));
        jar = checkout.resolve("agent/target/logstream-agent.jar");
        Files.createDirectories(checkout.resolve("agent/bin"));
        Files.createDirectories(checkout.resolve("agent/src/main"));
        Files.copy(LAUNCHER, checkout.resolve("agent/bin/logstream"));
        for (String source : List.of("pom.xml", "agent/pom.xml", "agent/src/main/Some.java")) {
            old(Files.writeString(checkout.resolve(source), "x"));
        }
        program("jdk/bin/java", "for word; do echo \"$word\"; done");
        program("jdk/bin/javac", "");
        Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"25.0.3\"\n");
        maven = program(
                "bin/mvn",
                "echo built >>\"$PWD/builds\"; echo \"$@\" JAVA_HOME=$JAVA_HOME; mkdir -p agent/target/lib;"
                        + " : >agent/target/logstream-agent.jar");
    }

    private Path program(String name, String script) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(folder.resolve(name).resolveSibling("x").getParent());
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Path old(Path file) throws IOException {
        return Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
    }

    private Outcome launch(Path launcher, Map<String, String> environment, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", folder.resolve("bin") + ":/usr/bin:/bin");
        builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
        builder.environment().putAll(environment);
        int exitCode = builder.start().waitFor();
        return new Outcome(exitCode, Files.readString(out, StandardCharsets.UTF_8), Files.readString(err));
    }

    private Outcome launch(String... arguments) throws Exception {
        return launch(checkout.resolve("agent/bin/logstream"), Map.of(), arguments);
    }

    private int builds() throws IOException {
        Path builds = checkout.resolve("builds");
        return Files.exists(builds) ? Files.readAllLines(builds).size() : 0;
    }

    @Test
    void itBuildsOnFirstUseAndWhenASourceIsNewer() throws Exception {
        Outcome first = launch("--help");
        assertThat(first.exitCode).isZero();
        assertThat(first.err)
                .isEqualTo("logstream: building the program, which takes a minute or two ...\nlogstream: built.\n");
        assertThat(Files.readString(checkout.resolve("agent/target/launcher-build.log")))
                .contains("-pl agent -am -Dmaven.test.skip=true", "JAVA_HOME=" + folder.resolve("jdk"));

        assertThat(launch("--help").err).isEmpty();
        assertThat(builds()).isEqualTo(1);

        old(jar);
        Files.writeString(checkout.resolve("agent/src/main/Some.java"), "newer");
        launch("--help");
        assertThat(builds()).isEqualTo(2);
        assertThat(checkout.resolve("agent/target/launcher.lock")).doesNotExist();
    }

    @Test
    void eachCommandGetsItsMemoryAndTheArgumentsAsTheyAre() throws Exception {
        assertThat(launch("run", "--config", "a b").out.lines())
                .contains("@" + checkout.resolve("agent/bin/java.options"), "-Xmx80m", "-Dlogstream.terminal=false")
                .endsWith("-jar", jar.toString(), "run", "--config", "a b");
        assertThat(launch("run", "--local").out.lines()).contains("-Xmx192m");
        assertThat(launch("local").out.lines()).contains("-Xmx192m");
        assertThat(launch("tail").out.lines()).contains("-Xmx256m");
        assertThat(launch(checkout.resolve("agent/bin/logstream"), Map.of("LOGSTREAM_JAVA_OPTS", "-Xmx1g -Da=b"), "run")
                        .out
                        .lines())
                .containsSubsequence("-Xmx80m", "-Xmx1g", "-Da=b", "-jar");
    }

    @Test
    void whatTheBuildLearntIsUsedWhenItIsThere() throws Exception {
        assertThat(launch("run").out).doesNotContain("AOTCache");
        Path cache = Files.createFile(checkout.resolve("agent/target/logstream-agent.aot"));
        assertThat(launch("run").out.lines()).contains("-XX:AOTCache=" + cache);
    }

    @Test
    void itWorksThroughASymbolicLink() throws Exception {
        Path link = Files.createSymbolicLink(
                folder.resolve("link"), folder.relativize(checkout.resolve("agent/bin/logstream")));
        Path second = Files.createSymbolicLink(folder.resolve("bin/logstream"), link);
        Outcome outcome = launch(second, Map.of(), "tail");
        assertThat(outcome.out.lines()).contains(jar.toString(), "-Dlogstream.command=" + second);
    }

    @Test
    void aFailedBuildIsSaidAndTriedAgain() throws Exception {
        Files.writeString(
                maven,
                "#!/bin/sh\necho what went wrong\nmkdir -p agent/target/lib; : >agent/target/logstream-agent.jar\nexit 1\n");
        for (int attempt = 0; attempt < 2; attempt++) {
            Outcome outcome = launch("--help");
            assertThat(outcome.exitCode).isEqualTo(ExitCode.FAILED);
            assertThat(outcome.err)
                    .contains("what went wrong")
                    .endsWith("logstream: the build failed; the whole of what Maven said is in "
                            + checkout.resolve("agent/target/launcher-build.log") + "\n");
            assertThat(jar).doesNotExist();
            assertThat(checkout.resolve("agent/target/launcher.lock")).doesNotExist();
        }
    }

    @Test
    void aLockWhoseOwnerIsGoneIsNoObstacle() throws Exception {
        Path lock = Files.createDirectories(checkout.resolve("agent/target/launcher.lock"));
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Files.writeString(lock.resolve("pid"), Long.toString(gone.pid()));
        assertThat(launch("--help").exitCode).isZero();
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void twoAtOnceBuildOnce() throws Exception {
        Files.writeString(maven, Files.readString(maven).replace("mkdir -p", "sleep 0.3; mkdir -p"));
        List<Process> both = new ArrayList<>();
        for (int each = 0; each < 2; each++) {
            ProcessBuilder builder = new ProcessBuilder(
                            checkout.resolve("agent/bin/logstream").toString(), "--help")
                    .redirectOutput(folder.resolve("out" + each).toFile())
                    .redirectError(folder.resolve("err" + each).toFile());
            builder.environment().put("PATH", folder.resolve("bin") + ":/usr/bin:/bin");
            builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
            both.add(builder.start());
        }
        for (Process process : both) {
            assertThat(process.waitFor()).isZero();
        }
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void anUnfitJavaIsPassedOverUnlessItWasNamed() throws Exception {
        program("old/bin/java", "echo old");
        Files.writeString(folder.resolve("old/release"), "JAVA_VERSION=\"17.0.15\"\n");
        Path launcher = checkout.resolve("agent/bin/logstream");
        String old = folder.resolve("old").toString();

        Outcome named = launch(launcher, Map.of("LOGSTREAM_JAVA", old), "--help");
        assertThat(named.exitCode).isEqualTo(ExitCode.FAILED);
        assertThat(named.err)
                .isEqualTo("logstream: LOGSTREAM_JAVA is " + old
                        + ", which is no Java 25 or later; correct or unset it\n");

        launch("--help");
        assertThat(launch(
                                launcher,
                                Map.of(
                                        "JAVA_HOME",
                                        old,
                                        "LOGSTREAM_JAVA",
                                        folder.resolve("jdk").toString()))
                        .out)
                .contains("-jar");
        program("bin/java", "exec \"" + folder + "/jdk/bin/java\" \"$@\"");
        Files.writeString(folder.resolve("release"), "JAVA_VERSION=\"26\"\n");
        assertThat(launch(launcher, Map.of("JAVA_HOME", old)).out).contains("-jar");
    }

    @Test
    void whatIsBuiltRunsWhereNothingMayBeWritten() throws Exception {
        assumeThat(System.getProperty("user.name"))
                .as("root may write everywhere")
                .isNotEqualTo("root");
        launch("--help");
        Files.setPosixFilePermissions(checkout.resolve("agent/target"), PosixFilePermissions.fromString("r-xr-xr-x"));
        Files.writeString(checkout.resolve("agent/src/main/Some.java"), "newer");
        assertThat(launch("--help").exitCode).isZero();
        assertThat(builds()).isEqualTo(1);
        Files.setPosixFilePermissions(checkout.resolve("agent/target"), PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
