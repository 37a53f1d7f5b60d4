package logstream.kinesis;

import java.util.List;

/** What became of one PutRecords request: exactly what the shipper needs to decide. */
public sealed interface PutOutcome {
    /**
     * The stream answered, record by record.
     *
     * @param results one per record of the request, in its order
     */
    record Answered(List<RecordResult> results) implements PutOutcome {}

    /** The whole request was throttled: nothing was accepted, all of it may be sent again. No failure. */
    record Throttled(String reason) implements PutOutcome {}

    /**
     * Server error, time-out or unreachable endpoint: counts as a retry. Whether records were accepted is unknown unless
     * the request never left.
     *
     * @param reason for the log: error code or exception, with its message
     */
    record Unavailable(String reason) implements PutOutcome {}

    /**
     * Something that an operator must mend (permissions, missing stream, key, credentials): nothing was accepted, the
     * data waits without counting retries.
     *
     * @param reason error code and message
     * @param advice one sentence: what to do
     */
    record NeedsOperator(String reason, String advice) implements PutOutcome {}

    /** The request can never be accepted as it is: one of its records is to blame. Send the records in smaller requests. */
    record Refused(String reason) implements PutOutcome {}
}
