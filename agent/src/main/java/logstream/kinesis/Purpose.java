package logstream.kinesis;

/** What a call is for: the permissions that an operator is told to give. */
enum Purpose {
    PUT("kinesis:PutRecords", "kms:GenerateDataKey"),
    CHECK("kinesis:DescribeStreamSummary", "kms:DescribeKey"),
    READ("kinesis:ListShards, kinesis:GetShardIterator and kinesis:GetRecords", "kms:Decrypt");

    final String action;
    final String keyAction;

    Purpose(String action, String keyAction) {
        this.action = action;
        this.keyAction = keyAction;
    }
}
