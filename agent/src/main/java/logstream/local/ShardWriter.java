package logstream.local;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** Shards as answers show them. */
final class ShardWriter {
    private ShardWriter() {}

    static void write(JsonGenerator out, Shard shard) throws IOException {
        out.writeStartObject();
        out.writeStringField("ShardId", shard.id());
        if (!shard.parents().isEmpty()) {
            out.writeStringField("ParentShardId", shard.parents().getFirst().id());
        }
        if (shard.parents().size() > 1) {
            out.writeStringField(
                    "AdjacentParentShardId", shard.parents().getLast().id());
        }
        writeRange(out, shard.range());
        out.writeObjectFieldStart("SequenceNumberRange");
        out.writeStringField("StartingSequenceNumber", shard.sequence().of(0));
        if (!shard.isOpen()) {
            out.writeStringField("EndingSequenceNumber", shard.sequence().of(SequenceNumbers.END));
        }
        out.writeEndObject();
        out.writeEndObject();
    }

    static void writeRange(JsonGenerator out, HashRange range) throws IOException {
        out.writeObjectFieldStart("HashKeyRange");
        out.writeStringField("StartingHashKey", range.start().toString());
        out.writeStringField("EndingHashKey", range.end().toString());
        out.writeEndObject();
    }
}
