package logstream.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a checkout of its own, with a Java and a Maven that only say what they were asked. */
@Timeout(30)
class LauncherTest {
    private static final Path LAUNCHER = Path.of("bin/logstream-deploy").toAbsolutePath();

    @TempDir
    private Path folder;

    private Path checkout = Path.of("");

    private record Outcome(int exitCode, List<String> out, String err) {}

    @BeforeEach
    void layOut() throws IOException {
        checkout = Files.createDirectories(folder.resolve("check out"));
        Files.createDirectories(checkout.resolve("deploy/bin"));
        Files.createDirectories(checkout.resolve("deploy/src/main"));
        Files.createDirectories(checkout.resolve("cloudformation"));
        Files.copy(LAUNCHER, checkout.resolve("deploy/bin/logstream-deploy"));
        for (String source : List.of("pom.xml", "deploy/pom.xml", "deploy/src/main/A.java", "cloudformation/a.yaml")) {
            old(Files.writeString(checkout.resolve(source), "x"));
        }
        program("jdk/bin/java", "for word; do echo \"$word\"; done");
        program("jdk/bin/javac", "");
        Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"25.0.3\"\n");
        program(
                "bin/mvn",
                "echo \"$@\" >>\"$PWD/builds\"; mkdir -p deploy/target/lib; : >deploy/target/logstream-deploy.jar");
    }

    private void program(String name, String script) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.resolveSibling(""));
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void old(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
    }

    private Outcome launch(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(checkout.resolve("deploy/bin/logstream-deploy").toString()));
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
        int exitCode = builder.start().waitFor();
        return new Outcome(exitCode, Files.readAllLines(out), Files.readString(err));
    }

    private List<String> builds() throws IOException {
        return Files.readAllLines(checkout.resolve("builds"));
    }

    @Test
    void itBuildsOnFirstUseAndThenStartsTheProgram() throws Exception {
        Outcome first = launch("launch", "a b");

        assertThat(first.err()).isEqualTo("""
                        logstream-deploy: building the program, which takes a minute or two ...
                        logstream-deploy: built.
                        """);
        assertThat(first.out())
                .endsWith(
                        "-jar",
                        checkout.resolve("deploy/target/logstream-deploy.jar").toString(),
                        "launch",
                        "a b");
        assertThat(first.exitCode()).isZero();
        assertThat(launch("list").err()).isEmpty();
        assertThat(builds()).singleElement().asString().contains("-pl deploy -am -Dmaven.test.skip=true");
    }

    /** The templates are in the jar. */
    @Test
    void itBuildsAgainForAChangedTemplate() throws Exception {
        launch("list");
        old(checkout.resolve("deploy/target/logstream-deploy.jar"));
        Files.writeString(checkout.resolve("cloudformation/a.yaml"), "newer");
        launch("list");

        assertThat(builds()).hasSize(2);
    }
}
