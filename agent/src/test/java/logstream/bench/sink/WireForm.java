package logstream.bench.sink;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The two encodings of the protocol, and the sink's answers in each. Answers about records are pasted from pieces that
 * were encoded once.
 *
 * <p>Threading: any; immutable once made.
 */
final class WireForm {
    static final WireForm CBOR = new WireForm("application/x-amz-cbor-1.1", new CBORFactory());
    static final WireForm JSON = new WireForm("application/x-amz-json-1.1", new JsonFactory());

    private static final String THROTTLED = "ProvisionedThroughputExceededException";
    /** 56 digits, of which the last are the request's and the record's. */
    private static final String SEQUENCE_NUMBER = "49590338271490256608559692538361571095921575989136588898";

    private static final String SHARD_ID = "shardId-000000000000";

    private static final int COUNTED_DIGITS = 18;

    /** One shard takes 1,000 records a second: more than any agent here sends. */
    private static final int SHARDS = 500;

    private static final int SHARD_DIGITS = 3;

    private final String contentType;
    private final JsonFactory factory;
    private final byte[] accepted;
    private final byte[] throttled;
    private final int digitsEnd;
    private final int shardDigitsEnd;

    private interface Content {
        void writeTo(JsonGenerator out) throws IOException;
    }

    private WireForm(String contentType, JsonFactory factory) {
        this.contentType = contentType;
        this.factory = factory;
        this.accepted = encode(out -> {
            out.writeStringField("SequenceNumber", SEQUENCE_NUMBER);
            out.writeStringField("ShardId", SHARD_ID);
        });
        this.throttled = encode(out -> {
            out.writeStringField("ErrorCode", THROTTLED);
            out.writeStringField("ErrorMessage", "Rate exceeded for shard " + SHARD_ID + " in stream bench");
        });
        String entry = new String(accepted, StandardCharsets.ISO_8859_1);
        this.digitsEnd = entry.indexOf(SEQUENCE_NUMBER) + SEQUENCE_NUMBER.length();
        this.shardDigitsEnd = entry.indexOf(SHARD_ID) + SHARD_ID.length();
    }

    /** By the request's Content-Type. */
    static WireForm of(String contentType) {
        return contentType.toLowerCase(Locale.ROOT).contains("cbor") ? CBOR : JSON;
    }

    String contentType() {
        return contentType;
    }

    /**
     * Reads a PutRecords request.
     *
     * @throws IllegalArgumentException when the bytes are none
     */
    void read(byte[] bytes, int length, PutBatch batch) {
        if (this == CBOR) {
            CborRequest.read(bytes, length, batch);
        } else {
            JsonRequest.read(bytes, length, batch);
        }
    }

    /** The answer about a batch whose records were accepted but for the refused ones. */
    byte[] answer(PutBatch batch, boolean[] refused, long request) {
        int count = 0;
        for (int record = 0; record < batch.count(); record++) {
            count += refused[record] ? 1 : 0;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(64 + batch.count() * (accepted.length + 1));
        byte[] entry = accepted.clone();
        begin(out, count);
        for (int record = 0; record < batch.count(); record++) {
            if (record > 0 && this == JSON) {
                out.write(',');
            }
            if (refused[record]) {
                out.writeBytes(throttled);
            } else {
                long number = request * 1_000 + record;
                write(number, entry, digitsEnd, COUNTED_DIGITS);
                write(number % SHARDS, entry, shardDigitsEnd, SHARD_DIGITS);
                out.writeBytes(entry);
            }
        }
        end(out);
        return out.toByteArray();
    }

    private void begin(ByteArrayOutputStream out, int failed) {
        if (this == JSON) {
            out.writeBytes(("{\"FailedRecordCount\":" + failed + ",\"Records\":[").getBytes(StandardCharsets.US_ASCII));
            return;
        }
        out.write(0xbf);
        out.write(0x60 | "FailedRecordCount".length());
        out.writeBytes("FailedRecordCount".getBytes(StandardCharsets.US_ASCII));
        out.write(0x19);
        out.write(failed >>> 8);
        out.write(failed);
        out.write(0x60 | "Records".length());
        out.writeBytes("Records".getBytes(StandardCharsets.US_ASCII));
        out.write(0x9f);
    }

    private void end(ByteArrayOutputStream out) {
        if (this == JSON) {
            out.writeBytes("]}".getBytes(StandardCharsets.US_ASCII));
        } else {
            out.write(0xff);
            out.write(0xff);
        }
    }

    private static void write(long value, byte[] entry, int end, int digits) {
        long rest = value;
        for (int at = end - 1; at >= end - digits; at--) {
            entry[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    byte[] error(String code, String message) {
        return encode(out -> {
            out.writeStringField("__type", code);
            out.writeStringField("message", message);
        });
    }

    /** The answer to DescribeStreamSummary. */
    byte[] summary(long nowMillis) {
        return encode(out -> {
            out.writeObjectFieldStart("StreamDescriptionSummary");
            out.writeStringField("StreamName", "bench");
            out.writeStringField("StreamARN", "arn:aws:kinesis:us-east-1:000000000000:stream/bench");
            out.writeStringField("StreamStatus", "ACTIVE");
            out.writeObjectFieldStart("StreamModeDetails");
            out.writeStringField("StreamMode", "ON_DEMAND");
            out.writeEndObject();
            out.writeNumberField("RetentionPeriodHours", 24);
            out.writeFieldName("StreamCreationTimestamp");
            if (out instanceof CBORGenerator cbor) {
                // Milliseconds, as the SDKs for Java read them.
                cbor.writeTag(1);
                cbor.writeNumber(nowMillis);
            } else {
                out.writeNumber(nowMillis / 1_000);
            }
            out.writeArrayFieldStart("EnhancedMonitoring");
            out.writeEndArray();
            out.writeStringField("EncryptionType", "NONE");
            out.writeNumberField("OpenShardCount", SHARDS);
            out.writeNumberField("ConsumerCount", 0);
            out.writeEndObject();
        });
    }

    private byte[] encode(Content members) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = factory.createGenerator(bytes)) {
            out.writeStartObject();
            members.writeTo(out);
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }
}
