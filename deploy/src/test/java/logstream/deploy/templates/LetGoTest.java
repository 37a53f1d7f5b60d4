package logstream.deploy.templates;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script of a host that Auto Scaling ends. */
class LetGoTest {
    @TempDir
    private Path folder;

    /** Run for real, with stand-ins for what it calls: containers end first, then the agent ships, then the host goes. */
    @ParameterizedTest(name = "drain answers {0}: {1}")
    @CsvSource({
        "0,     drain",
        "3,     drain",
        "1 0,   drain restart drain",
        "1 1 1, drain restart drain restart drain restart",
    })
    void theHostGoesWhenAllIsShipped(String drainCodes, String agentCalls) throws Exception {
        String script = HostStack.file(
                HostStack.userData(HostStack.of("DrainSeconds", "90")), "/usr/local/sbin/logstream-let-go");
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
}
