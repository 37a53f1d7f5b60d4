package logstream.pipeline;

import logstream.kinesis.OutgoingRecord;

/**
 * A record as it leaves.
 *
 * @param id by which it is known for ever: the key made from its place, or the one that it came with
 * @param hasId whether it says so itself, in the field {@code id}: then its key need not be its own
 */
record Packed(String id, OutgoingRecord record, boolean hasId) {
    /** Under its own key. */
    static Packed underItsKey(OutgoingRecord record) {
        return new Packed(record.key(), record, false);
    }
}
