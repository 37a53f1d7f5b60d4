package logstream.local;

/**
 * What a {@link LocalKinesis} has seen since it was started.
 *
 * @param requests requests of the Kinesis protocol, whatever came of them
 * @param failedRequests requests that got an error for an answer, or none
 * @param accepted records accepted, whether or not their request was then answered
 * @param acceptedBytes data and keys of these
 * @param throttled records refused for a shard's limit, real or made up
 * @param failed records refused with InternalFailure
 * @param trimmed records thrown away to stay within the bound of memory
 * @param stored records that can be read now
 * @param storedBytes memory charged for these
 * @param duplicates accepted records whose partition key had been accepted before; only of tracked keys
 * @param untracked accepted records whose key was not tracked, because as many as the options allow already were
 */
public record Score(
        long requests,
        long failedRequests,
        long accepted,
        long acceptedBytes,
        long throttled,
        long failed,
        long trimmed,
        long stored,
        long storedBytes,
        long duplicates,
        long untracked) {}
