package logstream.pipeline;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * The record that tells the stream's consumers what they will not see.
 *
 * <p>Format: an ordinary record, as {@link RecordEncoder} makes it of what Docker sends, with {@code source} "logstream" and
 * the tag {@code logstream.loss}. Where a sender's further fields would stand, between {@code log} and {@code time}, it has
 * {@code dropped}, {@code cause}, {@code since}, {@code until}, {@code host} and {@code total}. One about a single container has
 * its id, name and tag, and {@code dropped_bytes} besides.
 *
 * <p>Threading: immutable.
 *
 * @param cause as on the metrics page
 * @param why the end of a sentence
 * @param dropped events that no notice before told of
 * @param total all that were dropped for this cause since the agent started
 * @param since the last moment at which all that was dropped had been told
 * @param until when they were counted; the time of the record
 */
record LossNotice(String cause, String why, long dropped, long total, Instant since, Instant until) {
    private static final String TAG = "logstream.loss";

    /**
     * Whose events were lost.
     *
     * @param whose behind "events", with a space before it
     * @param bytes that they had; empty when that is not known
     * @param limit behind why, with a space before it
     */
    record Subject(
            String containerId, String containerName, String tag, String whose, OptionalLong bytes, String limit) {
        /** Anybody's. */
        static final Subject ANYBODY = new Subject("", "/logstream", TAG, "", OptionalLong.empty(), "");

        /** One container's, which sent more than it may. */
        static Subject of(ContainerRate rate) {
            return new Subject(
                    rate.container().id(),
                    rate.container().name(),
                    rate.tag(),
                    " of this container",
                    OptionalLong.of(rate.untoldBytes()),
                    " (" + rate.shownLimit() + ")");
        }
    }

    /** Writes the record where the writer stands. */
    void writeTo(JsonWriter json, String host, Subject subject) {
        String text = String.format(
                Locale.ROOT,
                "%d %s%s %s lost on %s between %s and %s: %s%s",
                dropped,
                dropped == 1 ? "event" : "events",
                subject.whose,
                dropped == 1 ? "was" : "were",
                host,
                seconds(since),
                seconds(until),
                why,
                subject.limit);
        json.raw('{');
        field(json, "container_id", subject.containerId);
        field(json, "container_name", subject.containerName);
        field(json, "source", "logstream");
        field(json, "log", text);
        field(json, "dropped", dropped);
        field(json, "cause", cause);
        field(json, "since", seconds(since));
        field(json, "until", seconds(until));
        field(json, "host", host);
        field(json, "total", total);
        if (subject.bytes.isPresent()) {
            field(json, "dropped_bytes", subject.bytes.getAsLong());
        }
        field(json, "time", seconds(until));
        name(json, "tag");
        string(json, subject.tag);
        json.raw('}');
    }

    private static void field(JsonWriter json, String name, String value) {
        name(json, name);
        string(json, value);
        json.raw(',');
    }

    private static void field(JsonWriter json, String name, long value) {
        name(json, name);
        json.number(value);
        json.raw(',');
    }

    private static void name(JsonWriter json, String name) {
        string(json, name);
        json.raw(':');
    }

    private static void string(JsonWriter json, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        json.string(bytes, 0, bytes.length);
    }

    private static String seconds(Instant instant) {
        return Instant.ofEpochSecond(instant.getEpochSecond()).toString();
    }
}
