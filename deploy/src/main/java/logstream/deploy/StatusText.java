package logstream.deploy;

import java.io.PrintWriter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import logstream.deploy.aws.Alarm;
import logstream.deploy.aws.Figures;
import logstream.deploy.aws.StreamSummary;
import logstream.deploy.aws.Usage;
import logstream.deploy.stacks.StackResource;

/** A stack's status for people and for programs. */
final class StatusText {
    // What a shard takes and gives in a second: PutRecords and GetRecords in the API reference of Kinesis.
    private static final double BYTES_IN = 1_048_576;
    private static final double RECORDS_IN = 1_000;
    private static final double BYTES_OUT = 2_097_152;
    private static final int MINUTE = 60;
    private static final double MIB = 1_048_576;
    private static final int BAR_WIDTH = 20;
    private static final int LONGEST_REASON = 200;

    private StatusText() {}

    /**
     * A bar for a share of a capacity, such as {@code [#######.............]  35 %}. Anything above nothing shows, and only
     * the whole is full.
     *
     * @param share from 0; above 1 the bar is full
     */
    static String bar(double share) {
        int full = (int) Math.floor(share * BAR_WIDTH);
        int shown = Math.clamp(share > 0 ? Math.max(1, full) : 0, 0, BAR_WIDTH);
        return "[" + "#".repeat(shown) + ".".repeat(BAR_WIDTH - shown) + "] "
                + String.format(Locale.ROOT, "%3.0f %%", Math.floor(share * 100));
    }

    static void print(StackStatus status, PrintWriter out) {
        out.println(status.stack().name() + " is " + status.stack().status() + ", changed "
                + status.stack().changed().truncatedTo(ChronoUnit.SECONDS)
                + status.stack().template().map(name -> ", template " + name).orElse(""));
        if (!status.stack().reason().isEmpty()) {
            out.println("  " + ShownText.line(status.stack().reason(), LONGEST_REASON));
        }
        status.stream().ifPresent(stream -> print(stream, status.usage(), out));
        if (status.streamMissing()) {
            out.println("stream   is gone: Kinesis does not know it");
        }
        status.alarms().ifPresent(alarms -> alarms(alarms, out));
        drift(status, out);
        status.unknown().forEach(sentence -> out.println("unknown  " + sentence));
        out.flush();
    }

    private static void print(StreamSummary stream, Optional<Usage> usage, PrintWriter out) {
        String mode = stream.onDemand() ? "on demand" : "provisioned";
        String size = stream.maxRecordKib() == 0 ? "" : ", records up to " + stream.maxRecordKib() + " KiB";
        out.println("stream   " + stream.name() + ", " + stream.status() + ", " + mode + ", " + stream.openShards()
                + (stream.openShards() == 1 ? " open shard" : " open shards") + ", kept " + stream.retentionHours()
                + " h, " + (stream.encrypted() ? "encrypted" : "not encrypted") + size);
        usage.ifPresent(used -> print(stream, used, out));
    }

    private static void print(StreamSummary stream, Usage used, PrintWriter out) {
        out.println("use      busiest minute of the last " + Figures.WINDOW.toMinutes()
                + (stream.onDemand() ? "; on demand the limits move" : ", of what the shards take"));
        out.println(line("write bytes", used.bytesIn(), BYTES_IN, MIB, "MiB/s", stream));
        out.println(line("write records", used.recordsIn(), RECORDS_IN, 1, "records/s", stream));
        out.println(line("read bytes", used.bytesOut(), BYTES_OUT, MIB, "MiB/s", stream));
        out.println(String.format(
                Locale.ROOT,
                "  throttled      %.0f records, %.0f reads",
                used.throttledWrites(),
                used.throttledReads()));
    }

    private static String line(
            String what, double inMinute, double shardLimit, double unit, String name, StreamSummary stream) {
        double second = inMinute / MINUTE;
        double limit = shardLimit * stream.openShards();
        String amount = String.format(Locale.ROOT, "%.2f", second / unit);
        if (stream.onDemand()) {
            return String.format(Locale.ROOT, "  %-13s  %s %s", what, amount, name);
        }
        return String.format(
                Locale.ROOT, "  %-13s  %s  %s of %.0f %s", what, bar(second / limit), amount, limit / unit, name);
    }

    private static void alarms(List<Alarm> alarms, PrintWriter out) {
        if (alarms.isEmpty()) {
            out.println("alarms   none");
            return;
        }
        long ringing = alarms.stream().filter(Alarm::ringing).count();
        out.println("alarms   " + alarms.size() + ", " + (ringing == 0 ? "none rings" : ringing + " ringing"));
        for (Alarm alarm : alarms) {
            String reason = alarm.ringing() ? "  " + ShownText.line(alarm.reason(), LONGEST_REASON) : "";
            out.println(String.format(Locale.ROOT, "  %-17s  %s%s", alarm.state(), alarm.name(), reason));
        }
    }

    private static void drift(StackStatus status, PrintWriter out) {
        status.otherShardCount()
                .ifPresent(told -> out.println("drift    the stack says " + told
                        + (told == 1 ? " shard" : " shards")
                        + ": the stream was changed without it, and the alarms measure wrongly; set it with"
                        + " 'logstream-deploy update'"));
        if (status.compared()) {
            out.println("drift    " + (status.drifted().isEmpty() ? "none" : "compared now:"));
            for (StackResource one : status.drifted()) {
                out.println("  " + one.state() + "  " + one.logicalId() + " (" + one.type() + ") " + one.physicalId());
            }
            return;
        }
        String when = status.stack()
                .driftChecked()
                .map(time -> " at " + time.truncatedTo(ChronoUnit.SECONDS))
                .orElse("");
        out.println("drift    "
                + status.stack().drift().toLowerCase(Locale.ROOT).replace('_', ' ') + when + "; --drift compares now");
    }

    static Map<String, Object> members(StackStatus status) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("stack", status.stack().name());
        members.put("id", status.stack().id());
        members.put("status", status.stack().status());
        members.put("template", status.stack().template().orElse(""));
        members.put("parameters", status.stack().parameters());
        members.put("outputs", status.stack().outputs());
        status.stream().ifPresent(stream -> members.put("stream", members(stream)));
        status.usage().ifPresent(used -> members.put("busiest_minute", members(used)));
        members.put(
                "alarms",
                status.alarms().orElse(List.of()).stream()
                        .map(one -> Map.of("name", one.name(), "state", one.state()))
                        .toList());
        members.put("drift", status.hasDrift());
        members.put("unknown", status.unknown());
        return members;
    }

    private static Map<String, Object> members(StreamSummary stream) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("name", stream.name());
        members.put("status", stream.status());
        members.put("on_demand", stream.onDemand());
        members.put("open_shards", stream.openShards());
        members.put("retention_hours", stream.retentionHours());
        members.put("encrypted", stream.encrypted());
        members.put("max_record_kib", stream.maxRecordKib());
        return members;
    }

    private static Map<String, Object> members(Usage used) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("bytes_in", used.bytesIn());
        members.put("records_in", used.recordsIn());
        members.put("bytes_out", used.bytesOut());
        members.put("throttled_records", used.throttledWrites());
        members.put("throttled_reads", used.throttledReads());
        return members;
    }
}
