package logstream.kinesis;

/** What a call is for: the permissions that an operator is told to give, and what it means that it is refused. */
enum Purpose {
    PUT(
            "kinesis:PutRecords",
            "kms:GenerateDataKey",
            "The record to blame is found by itself and kept as a dead letter; if all are refused, check stream and"
                    + " endpoint."),
    CHECK("kinesis:DescribeStreamSummary", "kms:DescribeKey", "Check the stream's name or ARN in the configuration."),
    LIST("kinesis:ListShards", "kms:DescribeKey", "Check the stream's name or ARN in the configuration."),
    READ(
            "kinesis:ListShards, kinesis:GetShardIterator and kinesis:GetRecords",
            "kms:Decrypt",
            "Check the stream's name and the place to begin at.");

    final String action;
    final String keyAction;
    final String whenRefused;

    Purpose(String action, String keyAction, String whenRefused) {
        this.action = action;
        this.keyAction = keyAction;
        this.whenRefused = whenRefused;
    }
}
