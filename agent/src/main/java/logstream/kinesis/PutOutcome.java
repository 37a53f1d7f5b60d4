package logstream.kinesis;

import java.util.List;

/** What became of one PutRecords request: exactly what the shipper needs to decide. */
public sealed interface PutOutcome {
    /**
     * The stream answered, record by record.
     *
     * @param results one per record of the request, in its order; {@link AcceptedRecords} when all were accepted
     */
    record Answered(List<RecordResult> results) implements PutOutcome {}

    /** There is no answer about each record: one class for all of them. */
    sealed interface Failed extends PutOutcome {
        /** For the log: error code or exception, with its message. */
        String reason();

        /** One sentence: what to do. Empty when there is nothing to say. */
        String advice();
    }

    /** The whole request was throttled: nothing was accepted, all of it may be sent again. No failure. */
    record Throttled(String reason, String advice) implements Failed {
        public Throttled(String reason) {
            this(reason, "");
        }
    }

    /**
     * Server error, time-out or unreachable endpoint: counts as a retry. Whether records were accepted is unknown unless
     * the request never left.
     */
    record Unavailable(String reason, String advice) implements Failed {
        public Unavailable(String reason) {
            this(reason, "");
        }
    }

    /**
     * Something that an operator must mend (permissions, missing stream, key, credentials): nothing was accepted, the
     * data waits without counting retries.
     */
    record NeedsOperator(String reason, String advice) implements Failed {}

    /** The request can never be accepted as it is: one of its records is to blame. Send the records in smaller requests. */
    record Refused(String reason, String advice) implements Failed {
        public Refused(String reason) {
            this(reason, "");
        }
    }
}
