package logstream.local;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The operations that write and read records. Requests are read and answers are written outside of the lock, which is
 * held only while logs are touched.
 *
 * <p>Threading: any.
 */
final class RecordOperations {
    /** GetRecords: most records and bytes (data and keys) in one answer. */
    private static final int MOST_READ_RECORDS = 10_000;

    private static final long MOST_READ_BYTES = 10L << 20;
    /** Bytes that an entry of an answer takes besides data and key; only a first guess for a buffer. */
    private static final int ANSWER_BYTES = 160;

    private final Streams streams;
    private final LocalOptions options;

    RecordOperations(Streams streams, LocalOptions options) {
        this.streams = streams;
        this.options = options;
    }

    byte[] putRecords(Encoding encoding, byte[] body, Faults faults) throws ServiceError {
        PutRequest request = PutRequest.parse(encoding, body, false);
        List<PutResult> results = put(request, false, faults);
        long refused =
                results.stream().filter(PutResult.Refused.class::isInstance).count();
        return encoding.object(64 + results.size() * ANSWER_BYTES, out -> {
            out.writeNumberField("FailedRecordCount", (int) refused);
            out.writeArrayFieldStart("Records");
            for (PutResult result : results) {
                out.writeStartObject();
                switch (result) {
                    case PutResult.Accepted accepted -> writeAccepted(out, accepted);
                    case PutResult.Refused(ServiceError error) -> {
                        out.writeStringField("ErrorCode", error.code());
                        out.writeStringField("ErrorMessage", error.sentence());
                    }
                }
                out.writeEndObject();
            }
            out.writeEndArray();
        });
    }

    byte[] putRecord(Encoding encoding, byte[] body, Faults faults) throws ServiceError {
        PutRequest request = PutRequest.parse(encoding, body, true);
        return switch (put(request, true, faults).getFirst()) {
            case PutResult.Accepted accepted -> encoding.object(ANSWER_BYTES, out -> writeAccepted(out, accepted));
            case PutResult.Refused(ServiceError error) -> throw error;
        };
    }

    private List<PutResult> put(PutRequest request, boolean single, Faults faults) throws ServiceError {
        if (!single && request.size() > options.maxRequestBytes()) {
            throw ServiceError.argument("Records size exceeds " + options.maxRequestBytes() / (1 << 20) + " MB limit");
        }
        ReentrantLock lock = streams.lock();
        lock.lock();
        try {
            LocalStream stream = streams.find(request.stream());
            checkSizes(request, stream.maxRecordKib() * 1024L, single);
            checkText(request, faults.refusedText());
            return streams.put(stream, request.entries(), faults);
        } finally {
            lock.unlock();
        }
    }

    /** Data and key together count against a record's limit; the service's sentence speaks of the data only. */
    private static void checkSizes(PutRequest request, long most, boolean single) throws ServiceError {
        Validation validation = new Validation();
        for (int i = 0; i < request.entries().size(); i++) {
            PutEntry entry = request.entries().get(i);
            if (entry.size() > most) {
                validation.check(
                        false,
                        entry.data().length + " bytes of data, " + entry.keyBytes() + " of key",
                        PutRequest.memberOf(i, single) + "data",
                        "Member must have length less than or equal to " + most);
            }
        }
        validation.done();
    }

    /** Says not which record it is: so the service does, too, for some refusals. */
    private static void checkText(PutRequest request, String refused) throws ServiceError {
        if (refused.isEmpty()) {
            return;
        }
        for (PutEntry entry : request.entries()) {
            if (new String(entry.data(), StandardCharsets.UTF_8).contains(refused)) {
                throw ServiceError.of("ValidationException", "A record contains what it must not.");
            }
        }
    }

    private static void writeAccepted(JsonGenerator out, PutResult.Accepted accepted) throws IOException {
        out.writeStringField("SequenceNumber", accepted.sequenceNumber());
        out.writeStringField("ShardId", accepted.shard().id());
    }

    byte[] getShardIterator(Encoding encoding, Fields request) throws ServiceError {
        String name = StreamName.of(request);
        String shardId = request.text("ShardId").orElse(null);
        String type = request.text("ShardIteratorType").orElse(null);
        String number = request.text("StartingSequenceNumber").orElse(null);
        Validation validation = new Validation();
        validation.present(shardId, "shardId");
        validation.present(type, "shardIteratorType");
        validation.pattern(number, "startingSequenceNumber", "0|([1-9]\\d{0,128})");
        validation.done();
        OptionalLong time = request.time("Timestamp");
        ReentrantLock lock = streams.lock();
        lock.lock();
        try {
            LocalStream stream = streams.find(name);
            Shard shard = ShardId.find(stream, String.valueOf(shardId));
            long position = switch (String.valueOf(type)) {
                case "TRIM_HORIZON" -> shard.log().first();
                case "LATEST" -> shard.log().next();
                case "AT_TIMESTAMP" -> since(shard, time);
                case "AT_SEQUENCE_NUMBER" -> ordinal(stream, shard, number);
                case "AFTER_SEQUENCE_NUMBER" -> ordinal(stream, shard, number) + 1;
                default ->
                    throw ServiceError.of(
                            "ValidationException",
                            "1 validation error detected: Value at 'shardIteratorType' failed to satisfy "
                                    + "constraint: Member must satisfy enum value set: [AFTER_SEQUENCE_NUMBER, "
                                    + "LATEST, AT_TIMESTAMP, AT_SEQUENCE_NUMBER, TRIM_HORIZON]");
            };
            String iterator = iterator(stream, shard, position);
            return encoding.object(512, out -> out.writeStringField("ShardIterator", iterator));
        } finally {
            lock.unlock();
        }
    }

    private long since(Shard shard, OptionalLong time) throws ServiceError {
        long now = streams.now();
        if (time.isEmpty()) {
            throw ServiceError.argument("Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP.");
        }
        if (time.getAsLong() > now) {
            throw ServiceError.argument(String.format(
                    Locale.ROOT,
                    "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. "
                            + "timestampInMillis: %d, currentTimestampInMillis: %d",
                    time.getAsLong(),
                    now));
        }
        return shard.log().firstSince(time.getAsLong());
    }

    private static long ordinal(LocalStream stream, Shard shard, @Nullable String number) throws ServiceError {
        if (number == null) {
            throw ServiceError.argument(
                    "Must either specify (1) a ShardIteratorType that needs no sequence number or (2) a "
                            + "StartingSequenceNumber.");
        }
        OptionalLong ordinal = shard.sequence().ordinal(number);
        boolean issued =
                ordinal.isPresent() && ordinal.getAsLong() < shard.log().next();
        boolean ending = ordinal.isPresent() && ordinal.getAsLong() == SequenceNumbers.END && !shard.isOpen();
        if (ending) {
            return shard.log().next() - 1;
        }
        if (!issued) {
            throw ServiceError.argument("StartingSequenceNumber " + new BigInteger(number)
                    + " used in GetShardIterator on shard " + shard.id() + " in stream " + stream.name()
                    + " under account " + Streams.ACCOUNT + " is invalid because it did not come from this stream.");
        }
        return ordinal.getAsLong();
    }

    /** What GetRecords found, to be written without the lock. */
    private record Found(
            LocalStream stream,
            Shard shard,
            List<RecordLog.Entry> entries,
            long from,
            long behind,
            List<Shard> children) {
        /** A closed shard's records have all been read; nothing follows in it. */
        boolean isEnd() {
            return !children.isEmpty();
        }
    }

    byte[] getRecords(Encoding encoding, Fields request) throws ServiceError {
        String iterator = request.text("ShardIterator").orElse(null);
        int limit = request.integer("Limit").orElse(MOST_READ_RECORDS);
        Validation validation = new Validation();
        validation.present(iterator, "shardIterator");
        validation.length(iterator, "shardIterator", 1, 512);
        validation.range(limit, "limit", 1, MOST_READ_RECORDS);
        validation.done();
        Token token = Token.parse(String.valueOf(iterator))
                .filter(parsed -> parsed.kind().equals(Token.ITERATOR))
                .orElseThrow(() -> ServiceError.argument("Invalid ShardIterator."));
        Found found = read(token, limit);
        long bytes = found.entries.stream().mapToLong(RecordLog.Entry::charge).sum();
        return encoding.object((int) (1024 + bytes * 3 / 2), out -> write(encoding, out, found));
    }

    private Found read(Token token, int limit) throws ServiceError {
        ReentrantLock lock = streams.lock();
        lock.lock();
        try {
            LocalStream stream = streams.find(token.stream());
            if (stream.incarnation() != token.incarnation()) {
                throw ServiceError.argument("Invalid ShardIterator.");
            }
            long now = streams.now();
            if (token.isExpired(now)) {
                throw ServiceError.of(
                        "ExpiredIteratorException",
                        "Iterator expired. The iterator was created " + (now - token.issued())
                                + " ms ago, the maximum age is " + Token.LIFETIME_MILLIS + " ms.");
            }
            Shard shard = stream.shards().get(token.shard());
            RecordLog log = shard.log();
            // What lay before the horizon is gone: reading goes on at the horizon.
            long from = Math.max(token.position(), log.first());
            List<RecordLog.Entry> entries = new ArrayList<>();
            long bytes = 0;
            while (entries.size() < limit && from + entries.size() < log.next()) {
                RecordLog.Entry entry = log.get(from + entries.size());
                bytes += (long) entry.keyBytes() + entry.data().length;
                if (bytes > MOST_READ_BYTES && !entries.isEmpty()) {
                    break;
                }
                entries.add(entry);
            }
            boolean all = from + entries.size() >= log.next();
            long behind = all || entries.isEmpty()
                    ? 0
                    : Math.max(0, now - entries.getLast().arrival());
            return new Found(stream, shard, entries, from, behind, all ? shard.children() : List.of());
        } finally {
            lock.unlock();
        }
    }

    private void write(Encoding encoding, JsonGenerator out, Found found) throws IOException {
        out.writeArrayFieldStart("Records");
        long ordinal = found.from;
        for (RecordLog.Entry entry : found.entries) {
            out.writeStartObject();
            out.writeStringField("SequenceNumber", found.shard.sequence().of(ordinal++));
            encoding.writeTime(out, "ApproximateArrivalTimestamp", entry.arrival());
            out.writeBinaryField("Data", entry.data());
            out.writeStringField("PartitionKey", entry.key());
            out.writeEndObject();
        }
        out.writeEndArray();
        if (!found.isEnd()) {
            out.writeStringField("NextShardIterator", iterator(found.stream, found.shard, ordinal));
        }
        out.writeNumberField("MillisBehindLatest", found.behind);
        if (found.isEnd()) {
            out.writeArrayFieldStart("ChildShards");
            for (Shard child : found.children) {
                out.writeStartObject();
                out.writeStringField("ShardId", child.id());
                out.writeArrayFieldStart("ParentShards");
                for (Shard parent : child.parents()) {
                    out.writeString(parent.id());
                }
                out.writeEndArray();
                ShardWriter.writeRange(out, child.range());
                out.writeEndObject();
            }
            out.writeEndArray();
        }
    }

    private String iterator(LocalStream stream, Shard shard, long position) {
        return new Token(Token.ITERATOR, streams.now(), stream.incarnation(), shard.number(), position, stream.name())
                .text();
    }
}
