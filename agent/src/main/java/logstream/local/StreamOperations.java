package logstream.local;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The operations that make, remove, show and list streams. Streams are ACTIVE in the moment they are created, and gone in
 * the moment they are deleted.
 *
 * <p>Threading: every method is called under the lock of {@link Streams}.
 */
final class StreamOperations {
    private static final int MOST_LISTED = 10_000;
    private static final int STREAMS_LISTED = 100;
    private static final int SHARDS_DESCRIBED = 100;
    private static final int SHARDS_LISTED = 1000;
    private static final int ON_DEMAND_SHARDS = 4;
    private static final int RETENTION_HOURS = 24;

    private final Streams streams;

    StreamOperations(Streams streams) {
        this.streams = streams;
    }

    void create(Fields request) throws ServiceError {
        String name = request.text("StreamName").orElse(null);
        OptionalInt count = request.integer("ShardCount");
        int recordKib = request.integer("MaxRecordSizeInKiB").orElse(LocalStream.DEFAULT_RECORD_KIB);
        Optional<Fields> mode = request.object("StreamModeDetails");
        boolean onDemand =
                mode.isPresent() && mode.get().text("StreamMode").orElse("").equals("ON_DEMAND");
        Validation validation = new Validation();
        validation.present(name, "streamName");
        StreamName.checkName(name, validation);
        validation.range(count.orElse(1), "shardCount", 1, Integer.MAX_VALUE);
        checkRecordSize(recordKib, validation);
        validation.done();
        if (count.isEmpty() && !onDemand) {
            throw ServiceError.of("ValidationException", "ShardCount must be given for a PROVISIONED stream.");
        }
        streams.create(String.valueOf(name), count.orElse(ON_DEMAND_SHARDS), onDemand, recordKib);
    }

    void delete(Fields request) throws ServiceError {
        streams.delete(streams.find(StreamName.of(request)));
    }

    void updateMaxRecordSize(Fields request) throws ServiceError {
        String name = StreamName.of(request);
        int recordKib = request.integer("MaxRecordSizeInKiB").orElse(0);
        Validation validation = new Validation();
        checkRecordSize(recordKib, validation);
        validation.done();
        streams.find(name).maxRecordKib(recordKib);
    }

    private static void checkRecordSize(int kib, Validation validation) {
        validation.range(kib, "maxRecordSizeInKiB", LocalStream.DEFAULT_RECORD_KIB, 10 * 1024);
    }

    byte[] list(Encoding encoding, Fields request) throws ServiceError {
        int limit = request.integer("Limit").orElse(STREAMS_LISTED);
        // The page's token is the last name of the page before.
        String after = request.text("NextToken")
                .orElse(request.text("ExclusiveStartStreamName").orElse(""));
        Validation validation = new Validation();
        validation.range(limit, "limit", 1, MOST_LISTED);
        validation.done();
        var rest = streams.all().tailMap(after, false).values();
        List<LocalStream> page = rest.stream().limit(limit).toList();
        boolean more = rest.size() > page.size();
        return encoding.object(1024, out -> {
            out.writeArrayFieldStart("StreamNames");
            for (LocalStream stream : page) {
                out.writeString(stream.name());
            }
            out.writeEndArray();
            out.writeBooleanField("HasMoreStreams", more);
            if (more) {
                out.writeStringField("NextToken", page.getLast().name());
            }
            out.writeArrayFieldStart("StreamSummaries");
            for (LocalStream stream : page) {
                out.writeStartObject();
                writeIdentity(encoding, out, stream);
                out.writeEndObject();
            }
            out.writeEndArray();
        });
    }

    byte[] describe(Encoding encoding, Fields request) throws ServiceError {
        LocalStream stream = streams.find(StreamName.of(request));
        int limit = request.integer("Limit").orElse(SHARDS_DESCRIBED);
        Validation validation = new Validation();
        validation.range(limit, "limit", 1, MOST_LISTED);
        validation.done();
        int first = firstShard(request);
        List<Shard> rest = stream.shards()
                .subList(
                        Math.min(first, stream.shards().size()), stream.shards().size());
        List<Shard> page = rest.stream().limit(limit).toList();
        return encoding.object(4096, out -> {
            out.writeObjectFieldStart("StreamDescription");
            writeDescription(encoding, out, stream);
            writeShards(out, page);
            out.writeBooleanField("HasMoreShards", rest.size() > page.size());
            out.writeEndObject();
        });
    }

    byte[] describeSummary(Encoding encoding, Fields request) throws ServiceError {
        LocalStream stream = streams.find(StreamName.of(request));
        return encoding.object(1024, out -> {
            out.writeObjectFieldStart("StreamDescriptionSummary");
            writeDescription(encoding, out, stream);
            out.writeNumberField("OpenShardCount", stream.openCount());
            out.writeNumberField("ConsumerCount", 0);
            out.writeNumberField("MaxRecordSizeInKiB", stream.maxRecordKib());
            out.writeEndObject();
        });
    }

    byte[] listShards(Encoding encoding, Fields request) throws ServiceError {
        int limit = request.integer("MaxResults").orElse(SHARDS_LISTED);
        Validation validation = new Validation();
        validation.range(limit, "maxResults", 1, MOST_LISTED);
        validation.done();
        Token page = page(request);
        LocalStream stream = streams.find(page.stream());
        ShardFilter filter = new ShardFilter(ShardFilter.kind(page.kind()), page.position());
        List<Shard> shown = stream.shards().stream()
                .filter(shard -> shard.number() >= page.shard())
                .filter(filter::shows)
                .limit(limit + 1L)
                .toList();
        List<Shard> now = shown.subList(0, Math.min(limit, shown.size()));
        return encoding.object(4096, out -> {
            writeShards(out, now);
            if (shown.size() > limit) {
                out.writeStringField(
                        "NextToken",
                        page(shown.getLast().number(), stream, filter).text());
            }
        });
    }

    /** Where the page of shards begins: told by a token, or by stream, filter and shard. */
    private Token page(Fields request) throws ServiceError {
        Optional<String> next = request.text("NextToken");
        if (next.isEmpty()) {
            LocalStream stream = streams.find(StreamName.of(request));
            Optional<Fields> fields = request.object("ShardFilter");
            ShardFilter filter = fields.isPresent() ? ShardFilter.of(fields.get()) : ShardFilter.ALL;
            return page(firstShard(request), stream, filter);
        }
        if (request.text("StreamName").isPresent()
                || request.text("ExclusiveStartShardId").isPresent()
                || request.object("ShardFilter").isPresent()) {
            throw ServiceError.argument(
                    "NextToken and StreamName, ExclusiveStartShardId or ShardFilter cannot be " + "provided together.");
        }
        Token token = Token.parse(next.get())
                .filter(parsed -> !parsed.kind().equals(Token.ITERATOR))
                .filter(parsed -> {
                    LocalStream stream = streams.all().get(parsed.stream());
                    return stream != null && stream.incarnation() == parsed.incarnation();
                })
                .orElseThrow(() -> ServiceError.argument("NextToken is invalid."));
        if (token.isExpired(streams.now())) {
            throw ServiceError.of("ExpiredNextTokenException", "The NextToken is older than 300 seconds.");
        }
        return token;
    }

    private Token page(int first, LocalStream stream, ShardFilter filter) {
        return new Token(
                filter.kind().name(), streams.now(), stream.incarnation(), first, filter.value(), stream.name());
    }

    /** The number behind ExclusiveStartShardId, which need not be a shard that exists. */
    private static int firstShard(Fields request) throws ServiceError {
        Optional<String> after = request.text("ExclusiveStartShardId");
        if (after.isEmpty()) {
            return 0;
        }
        return ShardId.number(after.get())
                        .orElseThrow(
                                () -> ServiceError.argument("ExclusiveStartShardId is not a shard: " + after.get()))
                + 1;
    }

    private static void writeShards(JsonGenerator out, List<Shard> shards) throws IOException {
        out.writeArrayFieldStart("Shards");
        for (Shard shard : shards) {
            ShardWriter.write(out, shard);
        }
        out.writeEndArray();
    }

    private static void writeIdentity(Encoding encoding, JsonGenerator out, LocalStream stream) throws IOException {
        out.writeStringField("StreamName", stream.name());
        out.writeStringField("StreamARN", StreamName.arn(stream.name()));
        out.writeStringField("StreamStatus", "ACTIVE");
        out.writeObjectFieldStart("StreamModeDetails");
        out.writeStringField("StreamMode", stream.onDemand() ? "ON_DEMAND" : "PROVISIONED");
        out.writeEndObject();
        encoding.writeTime(out, "StreamCreationTimestamp", stream.created());
    }

    private static void writeDescription(Encoding encoding, JsonGenerator out, LocalStream stream) throws IOException {
        writeIdentity(encoding, out, stream);
        out.writeNumberField("RetentionPeriodHours", RETENTION_HOURS);
        out.writeStringField("EncryptionType", "NONE");
        out.writeArrayFieldStart("EnhancedMonitoring");
        out.writeStartObject();
        out.writeArrayFieldStart("ShardLevelMetrics");
        out.writeEndArray();
        out.writeEndObject();
        out.writeEndArray();
    }
}
