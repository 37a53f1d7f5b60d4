package logstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

// The test's own thread may be reading, which nothing interrupts.
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SignalsTest {
    private static Process probe(String... arguments) throws IOException {
        List<String> command = Stream.concat(
                        Stream.of(
                                // What is ignored is handed down: a hangup under nohup, an interrupt behind a & of a
                                // shell.
                                "env",
                                "--default-signal=HUP,INT",
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-Xmx32m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                SignalsProbe.class.getName()),
                        Stream.of(arguments))
                .toList();
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static void kill(Process process, String signal) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }

    @Test
    void anOrderlyEndIsNoError() throws Exception {
        Process process = probe();
        try (BufferedReader out = process.inputReader()) {
            assertThat(out.readLine()).isEqualTo("ready");
            kill(process, "TERM");
            assertThat(out.readLine()).isEqualTo("ending");
            assertThat(process.waitFor()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void hangingUpEndsNothingWhereItHasAnotherMeaning() throws Exception {
        Process process = probe("hangup");
        try (BufferedReader out = process.inputReader();
                OutputStream in = process.getOutputStream()) {
            assertThat(out.readLine()).isEqualTo("ready");
            kill(process, "HUP");
            in.write('\n');
            in.flush();
            // The one that came too early, before or after the listener was there.
            assertThat(List.of(out.readLine(), out.readLine())).containsExactlyInAnyOrder("hung up", "listening");
            kill(process, "HUP");
            assertThat(out.readLine()).isEqualTo("hung up");
            kill(process, "TERM");
            assertThat(out.readLine()).isEqualTo("ending");
            assertThat(process.waitFor()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void theSecondSignalEndsAtOnce() throws Exception {
        Process process = probe("hang");
        try (BufferedReader out = process.inputReader()) {
            assertThat(out.readLine()).isEqualTo("ready");
            kill(process, "INT");
            assertThat(out.readLine()).isEqualTo("ending");
            kill(process, "INT");
            assertThat(process.waitFor()).isEqualTo(ExitCode.INTERRUPTED);
        } finally {
            process.destroyForcibly();
        }
    }
}
