package logstream.deploy.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import logstream.deploy.engines.Program;
import logstream.deploy.fake.FakeAws;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real Ctrl-C in the middle of a launch, and a real end of the input at a question. */
@Timeout(60)
class CtrlCIT {
    @TempDir
    private Path folder;

    @Test
    void theLaunchGoesOnWithoutTheProgram() throws Exception {
        try (FakeAws aws = new FakeAws()) {
            aws.next("launch");
            Program program = new Program(folder, URI.create(aws.url()));
            Process process = program.start("launch", "logs", "-t", "kinesis");
            try {
                await("the launch is followed")
                        .atMost(30, TimeUnit.SECONDS)
                        .until(() -> program.out().contains("User Initiated"));
                new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                        .start()
                        .waitFor();

                assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).isEqualTo(130);
                assertThat(program.err())
                        .isEqualTo(
                                "logstream-deploy: stopped watching logs\n  AWS goes on with it; 'logstream-deploy watch"
                                        + " logs --region us-east-1 --endpoint-url " + aws.url() + "' shows how.\n");
            } finally {
                process.destroyForcibly();
            }
        }
    }

    @Test
    void atAQuestionCtrlCIsANo() throws Exception {
        try (FakeAws aws = new FakeAws()) {
            aws.stack("logs", "CREATE_COMPLETE");
            Program program = new Program(folder, URI.create(aws.url()));
            Process process = program.start("delete", "logs");
            try {
                await("it asks")
                        .atMost(30, TimeUnit.SECONDS)
                        .until(() -> program.err().contains("[y/N]"));
                new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                        .start()
                        .waitFor();

                assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).isEqualTo(3);
                assertThat(aws.calls("DeleteStack")).isEmpty();
            } finally {
                process.destroyForcibly();
            }
        }
    }

    @Test
    void whoTypesYesIsUnderstood() throws Exception {
        try (FakeAws aws = new FakeAws()) {
            aws.stack("logs", "CREATE_COMPLETE");
            aws.next("delete-in-use");
            Program program = new Program(folder, URI.create(aws.url()));
            Process process = program.start("delete", "logs");
            try (var answer = process.outputWriter()) {
                answer.write("y\n");
                answer.flush();
                await("it is told")
                        .atMost(30, TimeUnit.SECONDS)
                        .until(() -> !aws.calls("DeleteStack").isEmpty());
                assertThat(program.out()).contains("logs (CREATE_COMPLETE) has 0 resources.");
            } finally {
                process.destroyForcibly();
            }
        }
    }
}
