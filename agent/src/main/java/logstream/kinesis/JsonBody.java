package logstream.kinesis;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * The body of a PutRecords request to one stream, in JSON: for stand-ins that know no CBOR. The SDK's setting for them is
 * {@code aws.cborEnabled}, in the environment {@code CBOR_ENABLED}.
 *
 * <p>Threading: immutable.
 */
final class JsonBody implements PutBody {
    private static final JsonFactory JSON = new JsonFactory();

    /** Around data and key of a record. */
    private static final int NAMES_BYTES = 40;

    /** A control character, or half of a pair, as an escape. */
    private static final int MOST_BYTES_OF_CHARACTER = 6;

    private final String streamMember;
    private final String stream;

    /** @param streamMember StreamName or StreamARN */
    JsonBody(String streamMember, String stream) {
        this.streamMember = streamMember;
        this.stream = stream;
    }

    @Override
    public int mostBytes(List<OutgoingRecord> records) {
        long bytes = (long) NAMES_BYTES + (long) MOST_BYTES_OF_CHARACTER * (streamMember.length() + stream.length());
        for (OutgoingRecord record : records) {
            bytes += NAMES_BYTES + 4L * Math.ceilDiv(record.data().length, 3);
            bytes += (long) MOST_BYTES_OF_CHARACTER * record.key().length();
        }
        return Math.toIntExact(bytes);
    }

    @Override
    public int write(List<OutgoingRecord> records, byte[] out) {
        Into into = new Into(out);
        try (JsonGenerator json = JSON.createGenerator(into)) {
            json.writeStartObject();
            json.writeArrayFieldStart("Records");
            for (OutgoingRecord record : records) {
                json.writeStartObject();
                json.writeBinaryField("Data", record.data());
                json.writeStringField("PartitionKey", record.key());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeStringField(streamMember, stream);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("an array in memory cannot fail", e);
        }
        return into.at;
    }

    /** Writes into an array that is long enough. */
    private static final class Into extends OutputStream {
        private final byte[] out;
        private int at;

        Into(byte[] out) {
            this.out = out;
        }

        @Override
        public void write(int octet) {
            out[at++] = (byte) octet;
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            System.arraycopy(bytes, from, out, at, length);
            at += length;
        }
    }
}
