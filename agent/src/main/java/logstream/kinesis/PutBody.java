package logstream.kinesis;

import java.util.List;

/** The body of a PutRecords request to one stream. */
sealed interface PutBody permits CborBody, JsonBody {
    /** Bytes that the body of these records has at most. */
    int mostBytes(List<OutgoingRecord> records);

    /** Writes it to the beginning of an array that is long enough. Returns its length. */
    int write(List<OutgoingRecord> records, byte[] out);
}
