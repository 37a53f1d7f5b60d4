package logstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import logstream.engines.Engines;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The AWS CLI, and with it botocore, pointed at our endpoint. */
class AwsCommandIT {
    private LocalKinesis local;

    @TempDir
    private Path home;

    @BeforeEach
    void start() throws IOException {
        Engines.require(isInstalled(), "aws (the AWS CLI)");
        local = LocalKinesis.start(0);
    }

    @AfterEach
    void stop() {
        if (local != null) {
            local.close();
        }
    }

    @Test
    void createsPutsAndReads() throws Exception {
        run("create-stream", "--stream-name", "logs", "--shard-count", "2");
        // Versions of the CLI differ in what they take for bytes on the command line; a file is the same to all.
        Path data = Files.write(home.resolve("data"), new byte[] {0, 1, (byte) 0xff});
        JsonNode put = run(
                "put-record",
                "--stream-name",
                "logs",
                "--partition-key",
                "key",
                "--explicit-hash-key",
                "0",
                "--data",
                "fileb://" + data);
        assertThat(put.path("ShardId").textValue()).isEqualTo("shardId-000000000000");
        JsonNode iterator = run(
                "get-shard-iterator",
                "--stream-name",
                "logs",
                "--shard-id",
                "shardId-000000000000",
                "--shard-iterator-type",
                "AT_SEQUENCE_NUMBER",
                "--starting-sequence-number",
                put.path("SequenceNumber").textValue());
        JsonNode read = run(
                "get-records",
                "--shard-iterator",
                iterator.path("ShardIterator").textValue());
        assertThat(read.path("Records")).hasSize(1);
        assertThat(read.path("Records").path(0).path("Data").binaryValue()).containsExactly(0, 1, 0xff);
        assertThat(read.path("Records").path(0).path("PartitionKey").textValue())
                .isEqualTo("key");
        assertThat(read.path("MillisBehindLatest").intValue()).isZero();
    }

    @Test
    void namesTheErrorItIsGiven() throws Exception {
        Answer answer = aws("describe-stream-summary", "--stream-name", "missing");
        assertThat(answer.exitCode).isNotZero();
        assertThat(answer.output).contains("(ResourceNotFoundException)", "Stream missing under account");
    }

    private record Answer(int exitCode, String output) {}

    private JsonNode run(String... arguments) throws Exception {
        Answer answer = aws(arguments);
        assertThat(answer.exitCode).as(answer.output).isZero();
        return new ObjectMapper().readTree(answer.output);
    }

    private Answer aws(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "aws", "--endpoint-url", local.endpoint().toString(), "--region", "us-east-1", "--output", "json"));
        command.add("kinesis");
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectInput(Redirect.from(emptyFile()));
        builder.environment()
                .putAll(Map.of(
                        "AWS_ACCESS_KEY_ID", "any",
                        "AWS_SECRET_ACCESS_KEY", "any",
                        "AWS_PAGER", "",
                        "AWS_CONFIG_FILE", home.resolve("config").toString()));
        Process process = builder.start();
        try (BufferedReader reader = process.inputReader()) {
            String output = reader.lines().collect(Collectors.joining("\n"));
            return new Answer(process.waitFor(), output);
        } finally {
            process.destroyForcibly();
        }
    }

    private File emptyFile() throws IOException {
        Path empty = home.resolve("empty");
        if (!Files.exists(empty)) {
            Files.createFile(empty);
        }
        return empty.toFile();
    }

    private static boolean isInstalled() {
        try {
            Process process = new ProcessBuilder("aws", "--version")
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.DISCARD)
                    .start();
            return process.waitFor() == 0;
        } catch (IOException _) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while looking for the AWS CLI", e);
        }
    }
}
