package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import logstream.buffer.Frame;
import logstream.buffer.FrameKind;
import logstream.kinesis.OutgoingRecord;
import logstream.kinesis.PackingConfig;
import logstream.metrics.Metrics;

/**
 * One run of an agent, as the joiner sees it: reads a list of payloads from an ordinal on, keeps what comes out, and
 * knows how far the buffer was released.
 */
final class JoinerRun {
    static final Duration TIMEOUT = Duration.ofSeconds(10);
    static final long IDENTITY = 5;
    private static final int CHUNK_FRAMES = 50;
    private static final ObjectMapper JSON = new ObjectMapper();

    final Metrics metrics = new Metrics();
    final Outstanding outstanding = new Outstanding(metrics);
    final List<Shipment> sent = new ArrayList<>();

    /** What was sent, also when it is done. */
    final List<OutgoingRecord> records = new ArrayList<>();

    final Joiner joiner = new Joiner(
            TIMEOUT, outstanding, new LineRecords(outstanding, new Packing(PackingConfig.PLAIN), this::take));
    private final Set<Shipment> done = new HashSet<>();
    private final List<byte[]> payloads;
    private int read;
    private long released;
    long nanos;

    /** @param from ordinal at which reading begins */
    JoinerRun(List<byte[]> payloads, long from) {
        this.payloads = payloads;
        this.read = (int) from;
        this.released = from;
    }

    private void take(Shipment shipment) {
        sent.add(shipment);
        records.add(shipment.record());
    }

    boolean hasMore() {
        return read < payloads.size();
    }

    void readNext() {
        byte[] payload = payloads.get(read);
        long slot = outstanding.add(sequence(read), read, payload.length);
        int index = read % CHUNK_FRAMES;
        joiner.add(
                new Frame(read, sequence(read), index, FrameKind.PIECE, payload, nanos),
                slot,
                new RecordKey.Place(IDENTITY, sequence(read), index, 0),
                Piece.read(payload));
        read++;
    }

    JoinerRun readAll() {
        while (hasMore()) {
            readNext();
        }
        return this;
    }

    /** The time-out of all that is open passes. */
    JoinerRun endQuiet() {
        nanos += TIMEOUT.toNanos();
        joiner.endQuiet(nanos);
        return this;
    }

    void done(Shipment shipment) {
        if (done.add(shipment)) {
            outstanding.done(shipment);
        }
    }

    /** How far the buffer is released now. */
    long release() {
        released = Math.max(released, outstanding.takeDone());
        return released;
    }

    static long sequence(long ordinal) {
        return ordinal / CHUNK_FRAMES;
    }

    /** The key of the frame's own record. */
    static String key(int ordinal) {
        return RecordKey.of(IDENTITY, sequence(ordinal), ordinal % CHUNK_FRAMES);
    }

    /** The key of a part that ends in the frame. */
    static String partKey(int ordinal, int pieces) {
        return RecordKey.of(new RecordKey.Place(IDENTITY, sequence(ordinal), ordinal % CHUNK_FRAMES, pieces));
    }

    List<String> keys() {
        return records.stream().map(OutgoingRecord::key).toList();
    }

    /** What was sent, as JSON. */
    List<JsonNode> jsons() {
        return records.stream().map(JoinerRun::json).toList();
    }

    List<String> logs() {
        return jsons().stream().map(one -> one.get("log").textValue()).toList();
    }

    /** Each part as {@code ordinal+pieces}, with a dot behind the last one; a whole line as {@code whole}. */
    List<String> shapes() {
        return jsons().stream().map(JoinerRun::shape).toList();
    }

    static String shape(JsonNode one) {
        if (!one.has("line_id")) {
            return "whole";
        }
        String last = one.get("line_last").booleanValue() ? "." : "";
        return one.get("line_part").intValue() + "+" + one.get("line_pieces").intValue() + last;
    }

    static JsonNode json(OutgoingRecord record) {
        try {
            return JSON.readTree(new String(record.data(), StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new AssertionError("a record that is no JSON", e);
        }
    }

    /** All was read, nothing is open, and all is done: nothing may be left. */
    void finish() {
        readAll().endQuiet();
        List.copyOf(sent).forEach(this::done);
        release();
        assertThat(outstanding.isEmpty()).as("everything is released").isTrue();
        assertThat(outstanding.bytes()).isZero();
        assertThat(outstanding.doneCount()).isZero();
        assertThat(joiner.oldestSlot()).isEqualTo(Long.MAX_VALUE);
    }
}
