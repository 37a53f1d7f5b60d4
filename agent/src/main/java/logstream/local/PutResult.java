package logstream.local;

/** What became of one record. */
sealed interface PutResult {
    record Accepted(Shard shard, long ordinal) implements PutResult {
        String sequenceNumber() {
            return shard.sequence().of(ordinal);
        }
    }

    record Refused(ServiceError error) implements PutResult {}
}
