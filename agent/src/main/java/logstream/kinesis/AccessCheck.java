package logstream.kinesis;

import java.util.ArrayList;
import java.util.List;
import logstream.kinesis.CallError.Verdict;
import logstream.metrics.Metrics;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.model.ListShardsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequest;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResponse;

/**
 * Asks AWS for what an agent with a configuration will need, one request each, and writes nothing: the one record it offers
 * names a hash key that no shard can have, so that it is refused for that, or for a missing permission.
 *
 * <p>Threading: confined to one thread.
 */
public final class AccessCheck {
    /** 2 to the power of 128: one more than the last hash key. */
    private static final String IMPOSSIBLE_HASH_KEY = "340282366920938463463374607431768211456";

    /** Should an endpoint take it all the same, consumers can tell what it is. */
    private static final String RECORD = """
            {"log":"a check of permissions","source":"logstream","tag":"logstream.check"}""";

    private final KinesisConfig config;
    private final List<Finding> findings = new ArrayList<>();

    private AccessCheck(KinesisConfig config) {
        this.config = config;
    }

    /** What came of one question. */
    public enum Answer {
        /** The agent has it. */
        YES,
        /** The agent has it not, or nobody answers. */
        NO,
        /** It cannot be told without writing into the stream. */
        UNKNOWN,
        /** Worth knowing: the agent may do without. */
        NOTE
    }

    /**
     * A question and what came of it.
     *
     * @param what was asked for: credentials, or an action of IAM
     * @param said what was found, or the reason
     * @param advice what to do, a sentence; empty when there is nothing to do
     */
    public record Finding(String what, Answer answer, String said, String advice) {}

    /** Asks; takes at most about the time-out of a request for each question. */
    public static List<Finding> of(KinesisConfig config) {
        AccessCheck check = new AccessCheck(config);
        try (KinesisAccess access = new KinesisAccess(config, System.getenv())) {
            if (check.credentials(access)) {
                check.describe();
                check.list(access);
                check.put(access);
            }
        }
        return List.copyOf(check.findings);
    }

    private boolean credentials(KinesisAccess access) {
        try {
            add("credentials", Answer.YES, "access key " + access.accessKey(), "");
            return true;
        } catch (RuntimeException e) {
            refused("credentials", e, Purpose.PUT);
            return false;
        }
    }

    private void describe() {
        String what = Purpose.CHECK.action;
        try (KinesisStream stream = KinesisStream.open(config, new Metrics())) {
            switch (stream.check()) {
                case StreamState.Ready ready -> {
                    add(
                            what,
                            Answer.YES,
                            "stream " + ready.name() + " is " + ready.status() + ", " + ready.openShards()
                                    + " open shards, " + ready.mode() + ", encryption " + ready.encryption(),
                            "");
                    if (ready.encryption().equals("KMS")) {
                        add(
                                Purpose.PUT.keyAction,
                                Answer.NOTE,
                                "the stream is encrypted, and only a record that is stored shows whether its key may be used",
                                "If the key is one of yours, allow " + Purpose.PUT.keyAction + " on it.");
                    }
                }
                case StreamState.NotReady(String reason, String advice) -> add(what, Answer.NO, reason, advice);
            }
        }
    }

    private void list(KinesisAccess access) {
        String what = Purpose.LIST.action;
        ListShardsRequest request = ListShardsRequest.builder()
                .streamARN(access.streamArn())
                .streamName(access.streamName())
                .maxResults(1)
                .build();
        try {
            var _ = access.client().listShards(request);
            add(what, Answer.YES, "allowed", "");
        } catch (RuntimeException e) {
            CallErrors.Told told = CallErrors.told(e);
            if (told.error() == CallError.PERMISSION) {
                add(what, Answer.NOTE, told.reason(), "Only 'logstream tail' and consumers need it.");
            } else {
                refused(what, e, Purpose.LIST);
            }
        }
    }

    private void put(KinesisAccess access) {
        String what = Purpose.PUT.action;
        PutRecordsRequest request = PutRecordsRequest.builder()
                .streamARN(access.streamArn())
                .streamName(access.streamName())
                .records(PutRecordsRequestEntry.builder()
                        .partitionKey("logstream.check")
                        .explicitHashKey(IMPOSSIBLE_HASH_KEY)
                        .data(SdkBytes.fromUtf8String(RECORD))
                        .build())
                .build();
        try {
            PutRecordsResponse response = access.client().putRecords(request);
            boolean taken = response.records().stream().anyMatch(one -> one.sequenceNumber() != null);
            String said = taken
                    ? "allowed; this endpoint took the impossible record: one with the tag logstream.check is in the stream now"
                    : "allowed; the record that it was asked with was refused, as it was meant to be";
            add(what, Answer.YES, said, "");
        } catch (RuntimeException e) {
            putRefused(what, e);
        }
    }

    private void putRefused(String what, RuntimeException e) {
        CallErrors.Told told = CallErrors.told(e);
        Verdict verdict = told.error().verdict;
        if (told.error() == CallError.INVALID && told.reason().startsWith("InvalidArgument")) {
            add(
                    what,
                    Answer.YES,
                    "allowed, as far as can be told without writing: the request was refused for its impossible hash key,"
                            + " and not for a permission",
                    "");
        } else if (verdict == Verdict.REFUSED || verdict == Verdict.THROTTLED) {
            add(
                    what,
                    Answer.UNKNOWN,
                    "cannot be told without writing: " + told.reason(),
                    "See that the identity's policy allows " + what + " on the stream; the first line will show it.");
        } else {
            refused(what, e, Purpose.PUT);
        }
    }

    private void refused(String what, RuntimeException e, Purpose purpose) {
        PutOutcome.Failed told = CallErrors.outcome(e, purpose);
        add(what, Answer.NO, told.reason(), told.advice());
    }

    private void add(String what, Answer answer, String said, String advice) {
        findings.add(new Finding(what, answer, said, advice));
    }
}
