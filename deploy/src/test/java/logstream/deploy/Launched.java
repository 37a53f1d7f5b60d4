package logstream.deploy;

import java.util.List;

/** The stack that most tests update: a stream of two shards and its alarms. */
final class Launched {
    /** What an update to another number of shards changes. */
    static final List<String> MORE_SHARDS =
            List.of("Stream", "AWS::Kinesis::Stream", "Modify", "False", "ShardCount", "2", "10");

    private Launched() {}

    static void logs(Tool tool) {
        tool.aws
                .stack("logs", "CREATE_COMPLETE")
                .tag("cost-centre", "search")
                .launchedFrom("kinesis")
                .parameter("ShardCount", "2")
                .parameter("AlertMail", "ops@example.com")
                .output("StreamName", "logs-Stream-1A2B")
                .resource("Stream", "AWS::Kinesis::Stream", "logs-Stream-1A2B");
        tool.aws.answer("DescribeStreamSummary", Streams.summary(2, "PROVISIONED"));
    }
}
