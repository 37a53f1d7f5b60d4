package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import logstream.kinesis.PackingConfig;
import logstream.kinesis.PackingConfig.Compression;
import logstream.kinesis.PackingConfig.PartitionKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the README's example for consumers on records of every form. */
class ReadmeConsumerTest {
    private static final Path PYTHON = Path.of("/usr/bin/python3");
    private static final List<PartitionKey> KEYS = List.of(PartitionKey.UUID, PartitionKey.CONTAINER, PartitionKey.TAG);
    private static final String BEGIN = "```python\n";
    private static final String HARNESS = """

            import base64, sys
            pairs = [json.loads(text) for text in open(sys.argv[1])]
            for line in lines((key, base64.b64decode(data)) for key, data in pairs):
                print(line["log"])
            """;

    @Test
    void theExampleTellsDuplicatesAndPutsTheLinesInOrder(@TempDir Path folder) throws Exception {
        assumeTrue(Files.isExecutable(PYTHON), "no python3 here");
        List<List<String>> records = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int index = 0; index < 400; index++) {
            String log = "line " + index;
            expected.add(log);
            String id = RecordKey.of(7, 5 + index / 100, index % 100);
            PackingConfig form = new PackingConfig(
                    KEYS.get(index % 3),
                    index % 2 == 0 ? Compression.NONE : Compression.GZIP,
                    index % 3 == 0 && index % 5 == 0,
                    PackingConfig.PAYLOAD_UNIT_BYTES);
            // In the usual form a sender's own id is no id of ours.
            String json = "{\"id\":9,\"container_id\":\"c0ffee\",\"log\":\"" + log + "\",\"x\":\"" + "x".repeat(300)
                    + "\",\"tag\":\"a.tag\"}";
            Packed packed = new Packing(form).pack(id, json.getBytes(StandardCharsets.UTF_8));
            String key = form.aggregate()
                    ? "667e482c-d048-4dd4-b636-1d8246eed98f"
                    : packed.record().key();
            List<String> record = List.of(
                    key, Base64.getEncoder().encodeToString(packed.record().data()));
            records.addAll(Collections.nCopies(1 + index % 2, record));
        }
        Collections.shuffle(records, new Random(3));
        Path input = folder.resolve("records");
        ObjectMapper mapper = new ObjectMapper();
        StringBuilder text = new StringBuilder();
        for (List<String> record : records) {
            text.append(mapper.writeValueAsString(record)).append('\n');
        }
        Files.writeString(input, text);
        Path script = Files.writeString(folder.resolve("consumer.py"), example() + HARNESS);

        Process python = new ProcessBuilder(PYTHON.toString(), script.toString(), input.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(python.waitFor()).as(output).isZero();
        assertThat(output.lines()).containsExactlyElementsOf(expected);
    }

    private static String example() throws IOException {
        Path here = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(here.resolve("agent"))) {
            here = Objects.requireNonNull(here.getParent(), "no folder above this module has agent/ in it");
        }
        String readme = Files.readString(here.resolve("README.md"));
        int begin = readme.indexOf(BEGIN);
        assertThat(begin).as("an example in Python").isNotNegative();
        return readme.substring(begin + BEGIN.length(), readme.indexOf("```", begin + BEGIN.length()));
    }
}
