package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import logstream.buffer.Buffer;
import logstream.buffer.Frame;
import logstream.buffer.FrameBatch;
import logstream.buffer.FrameKind;
import logstream.forward.EventSink.Intake;
import logstream.forward.IntakeStoppedException;
import logstream.forward.MsgpackCursor;
import logstream.forward.Peer;
import logstream.forward.Tag;
import logstream.metrics.Containers;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.CreateCause;
import org.awaitility.Awaitility;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

/** One run of an agent's intake on a real buffer, on the test's own clock; and what a consumer gets of it. */
final class MultilineRig {
    static final Tag TAG = Tag.of("grid.a");
    static final Duration TIMEOUT = Duration.ofSeconds(1);

    /** Lines beginning with a letter begin a record. */
    static final MultilineRule RULE = new MultilineRule(List.of("grid.**"), new MultilineRule.Start("[a-z]"), TIMEOUT);

    private static final ObjectMapper JSON = new ObjectMapper();

    final Metrics metrics;
    final LiveTail liveTail = new LiveTail(System::nanoTime);
    final AtomicLong now = new AtomicLong(System.nanoTime());
    /** Whether ends find no room in the buffer. */
    final AtomicBoolean full = new AtomicBoolean();

    final Paragraphs paragraphs;
    final Ingest ingest;
    private final Buffer buffer;

    MultilineRig(Buffer buffer, Metrics metrics, RecordConfig config) {
        this.buffer = buffer;
        this.metrics = metrics;
        this.paragraphs = new Paragraphs(this::append, metrics, now::get);
        this.ingest = new Ingest(
                buffer,
                config,
                metrics,
                new Containers(InstantSource.system(), metrics.tags),
                new RateLimits(now::get),
                liveTail,
                paragraphs);
    }

    static RecordConfig config(MultilineRule... rules) {
        return RecordConfig.DEFAULT.withMultiline(List.of(rules));
    }

    private boolean append(FrameBatch batch) {
        return !full.get() && buffer.appendNow(batch);
    }

    Intake open(int port) {
        return ingest.open(new Peer("192.0.2.7:" + port, Optional.of("192.0.2.7")));
    }

    void pass(Duration duration) {
        now.addAndGet(duration.toNanos());
    }

    /** A line of a container's output. */
    static void line(Intake intake, String container, String source, String line) {
        take(intake, TAG, "container_id", container, "source", source, "log", line);
    }

    static void take(Intake intake, Tag tag, String... fields) {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packMapHeader(fields.length / 2);
            for (String text : fields) {
                packer.packString(text);
            }
            intake.take(tag, 1, 0, new MsgpackCursor().at(packer.toByteArray(), 0), true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void acked(Intake intake) {
        try {
            intake.flush(true);
            intake.awaitDurable();
        } catch (IntakeStoppedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** All that was appended, as it lies in the buffer, read once. */
    List<Frame> frames(long count) {
        List<Frame> frames = new ArrayList<>();
        Awaitility.await().until(() -> {
            for (Frame frame = buffer.read(); frame != null; frame = buffer.read()) {
                frames.add(frame);
            }
            return frames.size() == count;
        });
        return frames;
    }

    /** The records of all that was appended, those of ordinary frames first. */
    List<JsonNode> records() {
        return records(frames(metrics.framesAppended.sum()));
    }

    static List<JsonNode> records(List<Frame> frames) {
        List<JsonNode> records = new ArrayList<>();
        List<byte[]> pieces = new ArrayList<>();
        for (Frame frame : frames) {
            if (frame.kind() == FrameKind.PIECE) {
                pieces.add(frame.payload());
            } else {
                records.add(json(frame.payload()));
            }
        }
        JoinerRun joiner = new JoinerRun(pieces, 0);
        joiner.finish();
        assertThat(joiner.keys()).doesNotHaveDuplicates();
        records.addAll(joiner.jsons());
        return records;
    }

    static List<String> logs(List<JsonNode> records) {
        return records.stream().map(one -> one.path("log").asText()).toList();
    }

    long ends() {
        return metrics.created(CreateCause.PARAGRAPH_END).sum();
    }

    static JsonNode json(byte[] record) {
        try {
            return JSON.readTree(record);
        } catch (JsonProcessingException e) {
            throw new AssertionError("a record that is no JSON", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
