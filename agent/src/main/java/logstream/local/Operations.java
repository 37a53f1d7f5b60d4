package logstream.local;

import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * From the name of an operation to the bytes of its answer.
 *
 * <p>Threading: any.
 */
final class Operations {
    private static final byte[] EMPTY = {};
    private static final Set<String> CONTROL = Set.of(
            "CreateStream",
            "DeleteStream",
            "UpdateMaxRecordSize",
            "ListStreams",
            "DescribeStream",
            "DescribeStreamSummary",
            "ListShards",
            "SplitShard",
            "MergeShards",
            "UpdateShardCount");

    private final Streams streams;
    private final StreamOperations stream;
    private final ReshardOperations reshard;
    private final RecordOperations records;

    Operations(Streams streams, LocalOptions options) {
        this.streams = streams;
        this.stream = new StreamOperations(streams);
        this.reshard = new ReshardOperations(streams);
        this.records = new RecordOperations(streams, options);
    }

    /** Whether the operation gives records to the service. */
    static boolean accepts(String operation) {
        return operation.equals("PutRecords") || operation.equals("PutRecord");
    }

    byte[] run(String operation, Encoding encoding, byte[] body, Faults faults) throws ServiceError {
        return switch (operation) {
            case "PutRecords" -> records.putRecords(encoding, body, faults);
            case "PutRecord" -> records.putRecord(encoding, body, faults);
            case "GetShardIterator" -> records.getShardIterator(encoding, Fields.parse(encoding, body));
            case "GetRecords" -> records.getRecords(encoding, Fields.parse(encoding, body));
            default -> {
                if (!CONTROL.contains(operation)) {
                    throw ServiceError.of("UnknownOperationException", "This endpoint has no such operation.");
                }
                yield control(operation, encoding, body);
            }
        };
    }

    private byte[] control(String operation, Encoding encoding, byte[] body) throws ServiceError {
        Fields request = Fields.parse(encoding, body);
        ReentrantLock lock = streams.lock();
        lock.lock();
        try {
            return switch (operation) {
                case "CreateStream" -> {
                    stream.create(request);
                    yield EMPTY;
                }
                case "DeleteStream" -> {
                    stream.delete(request);
                    yield EMPTY;
                }
                case "UpdateMaxRecordSize" -> {
                    stream.updateMaxRecordSize(request);
                    yield EMPTY;
                }
                case "ListStreams" -> stream.list(encoding, request);
                case "DescribeStream" -> stream.describe(encoding, request);
                case "DescribeStreamSummary" -> stream.describeSummary(encoding, request);
                case "ListShards" -> stream.listShards(encoding, request);
                case "SplitShard" -> {
                    reshard.split(request);
                    yield EMPTY;
                }
                case "MergeShards" -> {
                    reshard.merge(request);
                    yield EMPTY;
                }
                case "UpdateShardCount" -> reshard.updateCount(encoding, request);
                default -> throw new IllegalStateException("no code for operation " + operation);
            };
        } finally {
            lock.unlock();
        }
    }
}
