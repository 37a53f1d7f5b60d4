package logstream.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import logstream.kinesis.ReadRecord;
import logstream.tail.Glob;
import logstream.tail.LogRecord;
import org.jspecify.annotations.Nullable;

/**
 * How {@code tail} shows a record, and which ones.
 *
 * @param tag tags to show; null: all
 * @param container containers to show, without the leading slash; null: all
 * @param json whether records are shown as they are
 * @param terminal whether the reader is a terminal, which must not be driven by what it shows
 * @param colour whether containers are told apart by colour
 */
record TailFormat(@Nullable Glob tag, @Nullable Glob container, boolean json, boolean terminal, boolean colour) {
    private static final String RESET = "\u001b[0m";

    /** The colours of ECMA-48 that are readable on light and dark ground; red is left to stderr. */
    private static final int[] CONTAINER_COLOURS = {32, 33, 34, 35, 36, 92, 94, 95, 96};

    private static final int STDERR_COLOUR = 31;

    /** The bytes to print, a line feed at the end; empty when the record is not to be shown. */
    Optional<byte[]> line(ReadRecord record) {
        return record.form() instanceof ReadRecord.Form.Damaged(String reason)
                ? damaged(record, reason)
                : line(record.data());
    }

    /** Nobody knows of whom its lines are: it is shown when everything is. */
    private Optional<byte[]> damaged(ReadRecord record, String reason) {
        if (tag != null || container != null) {
            return Optional.empty();
        }
        return Optional.of(asItIs(json ? damagedJson(record, reason) : damagedText(record, reason)));
    }

    private static byte[] damagedText(ReadRecord record, String reason) {
        String text = "- - - | [aggregate of " + record.data().length + " bytes that cannot be taken apart: " + reason
                + "; " + record.shardId() + ", sequence number " + record.sequenceNumber() + "]";
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] damagedJson(ReadRecord record, String reason) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JsonOutput.to(text)) {
            out.writeStartObject();
            out.writeStringField("damaged_aggregate", reason);
            out.writeStringField("shard", record.shardId());
            out.writeStringField("sequence_number", record.sequenceNumber());
            out.writeStringField("key", record.key());
            JsonOutput.data(out, record.data());
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing into memory", e);
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** As {@link #line(ReadRecord)}, of the bytes of a record. */
    Optional<byte[]> line(byte[] data) {
        if (json && tag == null && container == null) {
            return Optional.of(asItIs(data));
        }
        Optional<LogRecord> parsed = LogRecord.parse(data);
        if (parsed.isEmpty()) {
            return tag == null && container == null ? Optional.of(asItIs(data)) : Optional.empty();
        }
        LogRecord record = parsed.get();
        boolean wanted = (tag == null || tag.matches(record.tag()))
                && (container == null || container.matches(record.container()));
        if (!wanted) {
            return Optional.empty();
        }
        return Optional.of(json ? asItIs(data) : shown(record).getBytes(StandardCharsets.UTF_8));
    }

    private byte[] asItIs(byte[] data) {
        byte[] bytes = terminal
                ? TerminalText.safe(new String(data, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8)
                : data.clone();
        byte[] line = Arrays.copyOf(bytes, bytes.length + 1);
        line[bytes.length] = '\n';
        return line;
    }

    private String shown(LogRecord record) {
        String log = record.log();
        if (terminal && log.endsWith("\r")) {
            // Containers with a terminal of their own end lines so.
            log = log.substring(0, log.length() - 1);
        }
        String name = orDash(record.container());
        int nameColour = CONTAINER_COLOURS[Math.floorMod(name.hashCode(), CONTAINER_COLOURS.length)];
        String source = orDash(record.source());
        return safe(orDash(record.time())) + " " + coloured(name, nameColour) + " "
                + (source.equals("stderr") ? coloured(source, STDERR_COLOUR) : safe(source))
                + " | " + safe(log) + "\n";
    }

    private String coloured(String text, int code) {
        return colour ? "\u001b[" + code + "m" + safe(text) + RESET : safe(text);
    }

    private String safe(String text) {
        return terminal ? TerminalText.safe(text) : text;
    }

    private static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }
}
