package logstream.deploy.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import logstream.deploy.engines.Engines;
import logstream.deploy.engines.MotoServer;
import logstream.deploy.engines.Program;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The templates launched, updated, listed and deleted by the built program, and what is then there. */
@Timeout(110)
class MotoIT {
    @TempDir
    private Path folder;

    @Test
    void aStreamFromItsLaunchToItsEnd() throws IOException {
        Engines.require(MotoServer.isAvailable(), "moto (python3 -m pip install 'moto[server]==5.2.1')");
        try (MotoServer moto = MotoServer.start(folder)) {
            Program program = new Program(folder, moto.endpoint());

            Program.Outcome launched = program.run(
                    "launch",
                    "logs",
                    "-t",
                    "kinesis",
                    "--shard_count",
                    "2",
                    "--logsteam_alert_mail",
                    "ops@example.com");
            assertThat(launched.err()).isEmpty();
            assertThat(launched.exitCode()).isZero();
            String stream = output(launched, "StreamName");
            String topic = output(launched, "AlertTopicArn");
            assertThat(output(launched, "NemesisKinesisStreamName")).isEqualTo(stream);
            assertThat(openShards(moto, stream)).isEqualTo(2);
            alarmsAre(moto, 2, topic);
            mailGoesTo(moto, topic);

            Program.Outcome again = program.run("launch", "logs", "-t", "kinesis");
            assertThat(again.exitCode()).isEqualTo(4);

            Program.Outcome updated = program.run("update", "logs", "-t", "kinesis", "--shard_count", "10", "--yes");
            assertThat(updated.err()).isEmpty();
            assertThat(updated.out())
                    .contains(
                            "  parameter ShardCount  2 -> 10\n",
                            "~ Stream (AWS::Kinesis::Stream)",
                            "Step 3 of 3: 10 shards.");
            assertThat(updated.exitCode()).isZero();
            assertThat(openShards(moto, stream)).isEqualTo(10);
            alarmsAre(moto, 10, topic);

            roleMayPutOnly(moto, program, stream);
            listHasBoth(program);

            assertThat(program.run("delete", "logs-agents", "--yes").exitCode()).isZero();
            Program.Outcome deleted = program.run("delete", "logs", "--yes");
            assertThat(deleted.exitCode()).isZero();
            assertThat(openShards(moto, stream)).isEqualTo(10);
            assertThat(alarms(moto)).isEmpty();
            assertThat(moto.query("sns", Map.of("Action", "ListTopics"))).doesNotContain(topic);
            assertThat(program.run("watch", "logs").exitCode()).isEqualTo(4);

            theStreamGoesWhenToldTwice(moto, program);
        }
    }

    private static void theStreamGoesWhenToldTwice(MotoServer moto, Program program) throws IOException {
        String stream = output(program.run("launch", "other", "-t", "kinesis"), "StreamName");
        assertThat(alarms(moto)).isEmpty();

        assertThat(program.run("delete", "other", "--yes", "--delete-stream").exitCode())
                .isEqualTo(3);
        assertThat(openShards(moto, stream)).isEqualTo(2);
        assertThat(program.run("delete", "other", "--yes", "--delete-stream", "--confirm", "other")
                        .exitCode())
                .isZero();
        assertThat(moto.kinesis("ListStreams", "{}")).doesNotContain(stream);
    }

    private static void roleMayPutOnly(MotoServer moto, Program program, String stream) {
        Program.Outcome launched =
                program.run("launch", "logs-agents", "-t", "agent-role", "--param", "Logstream=logs");
        assertThat(launched.exitCode()).as(launched.err()).isZero();
        String roles = moto.query("iam", Map.of("Action", "ListRoles", "Version", "2010-05-08"));
        String role = all(roles, "<RoleName>([^<]+)</RoleName>").stream()
                .filter(name -> name.startsWith("logs-agents"))
                .findFirst()
                .orElseThrow();
        String policy = moto.query(
                "iam",
                Map.of(
                        "Action",
                        "GetRolePolicy",
                        "Version",
                        "2010-05-08",
                        "RoleName",
                        role,
                        "PolicyName",
                        "put-records"));
        assertThat(policy)
                .contains("['kinesis:PutRecords', 'kinesis:DescribeStreamSummary']", ":stream/" + stream + "'");
    }

    private static void listHasBoth(Program program) {
        assertThat(program.run("list").out().lines().map(line -> line.split(" +", 2)[0]))
                .containsExactly("NAME", "logs", "logs-agents");
    }

    /** The three that measure capacity, and their share of it, follow the number of shards. */
    private static void alarmsAre(MotoServer moto, int shards, String topic) {
        List<String> alarms = alarms(moto);
        assertThat(alarms).hasSize(6).allMatch(alarm -> alarm.contains("<member>" + topic + "</member>"));
        for (String unit : List.of("1048576", "1000", "2097152")) {
            assertThat(alarms)
                    .filteredOn(alarm -> alarm.contains(" * " + shards + " * " + unit + ")"))
                    .as(shards + " shards of " + unit)
                    .singleElement()
                    .asString()
                    .containsPattern("<Threshold>90(\\.0)?</Threshold>")
                    .contains("<ComparisonOperator>GreaterThanOrEqualToThreshold</ComparisonOperator>");
        }
    }

    private static List<String> alarms(MotoServer moto) {
        String answer = moto.query("monitoring", Map.of("Action", "DescribeAlarms", "Version", "2010-08-01"));
        List<String> alarms = new ArrayList<>(List.of(answer.split("<AlarmName>", -1)));
        return alarms.subList(1, alarms.size());
    }

    private static void mailGoesTo(MotoServer moto, String topic) {
        assertThat(moto.query("sns", Map.of("Action", "ListTopics"))).contains(topic);
        assertThat(moto.query("sns", Map.of("Action", "ListSubscriptionsByTopic", "TopicArn", topic)))
                .contains("<Protocol>email</Protocol>", "<Endpoint>ops@example.com</Endpoint>");
    }

    private static long openShards(MotoServer moto, String stream) throws IOException {
        JsonNode answer =
                new ObjectMapper().readTree(moto.kinesis("ListShards", "{\"StreamName\":\"" + stream + "\"}"));
        return StreamSupport.stream(answer.path("Shards").spliterator(), false)
                .filter(shard -> !shard.path("SequenceNumberRange").has("EndingSequenceNumber"))
                .count();
    }

    private static String output(Program.Outcome outcome, String name) {
        List<String> found = all(outcome.out(), "(?m)^  " + name + " +(\\S+)$");
        assertThat(found).as(name + " in " + outcome.out() + outcome.err()).hasSize(1);
        return found.getFirst();
    }

    private static List<String> all(String text, String pattern) {
        List<String> found = new ArrayList<>();
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }
}
