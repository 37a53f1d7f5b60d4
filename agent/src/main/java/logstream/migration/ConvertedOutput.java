package logstream.migration;

import static java.util.Map.entry;
import static logstream.migration.ParameterRules.count;
import static logstream.migration.ParameterRules.differs;
import static logstream.migration.ParameterRules.fine;
import static logstream.migration.ParameterRules.fineAs;
import static logstream.migration.ParameterRules.flag;
import static logstream.migration.ParameterRules.lost;
import static logstream.migration.ParameterRules.size;
import static logstream.migration.ParameterRules.time;
import static logstream.migration.ParameterRules.to;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import logstream.migration.FluentdElement.Parameter;
import logstream.migration.ParameterRules.Rule;

/**
 * What becomes of the {@code <match>} section of the Kinesis plugin, versions 0.4 ({@code kinesis}) and later
 * ({@code kinesis_streams}, {@code kinesis_streams_aggregated}), with its buffer.
 *
 * <p>Threading: confined to one thread.
 */
final class ConvertedOutput {
    private static final int MIB = 1 << 20;
    private static final long MOST_MILLIS = 3_600_000;
    private static final String NOT_FROM_RECORD = "A partition key is made from nothing else than container and tag.";
    private static final String CHOOSE_KEY =
            "Set kinesis.partition_key to container or tag if consumers rely on the order; else leave it.";
    private static final String AT_ONCE =
            "Lines leave as soon as a request is full, at the latest after kinesis.linger.";

    private static final Map<String, Rule> BUFFER = Map.ofEntries(
            entry("path", folder()),
            entry("chunk_limit_size", size("buffer.chunk_size", MIB, 16 * MIB)),
            entry("total_limit_size", fine()),
            entry("queue_limit_length", count("buffer.max_chunks", 2, 100_000)),
            entry("chunk_limit_records", differs("Chunk files are bounded by their size only.")),
            entry("chunk_full_threshold", differs("Chunk files are bounded by their size only.")),
            entry("compress", differs("Chunk files are not compressed.")),
            entry("flush_interval", differs(AT_ONCE)),
            entry("flush_mode", differs(AT_ONCE)),
            entry("flush_thread_interval", differs(AT_ONCE)),
            entry("flush_thread_burst_interval", differs(AT_ONCE)),
            entry("delayed_commit_timeout", differs("kinesis.request_timeout says how long an answer is waited for.")),
            entry("timekey", differs(AT_ONCE)),
            entry("timekey_wait", differs(AT_ONCE)),
            entry("timekey_use_utc", fine()),
            entry("timekey_zone", fine()),
            entry("flush_at_shutdown", flag(true, (parameter, out) -> out.set("shutdown.grace", "0s", parameter))),
            entry("flush_thread_count", count("kinesis.max_requests_in_flight", 1, 64)),
            entry("retry_max_times", count("kinesis.retry_limit", 0, 1000)),
            entry("retry_wait", time("kinesis.retry_wait", 100, MOST_MILLIS)),
            entry("retry_forever", flag(false, (parameter, out) -> out.set("kinesis.retry_limit", "1000", parameter))),
            entry(
                    "retry_timeout",
                    differs(
                            "Retries are bounded by their number, kinesis.retry_limit, and then only while the buffer is full.")),
            entry("retry_type", differs("Waits double, with jitter.")),
            entry("retry_exponential_backoff_base", differs("Waits double, with jitter.")),
            entry("retry_randomize", differs("Waits double, with jitter.")),
            entry(
                    "retry_max_interval",
                    differs("While a wait is long, a probe every 5 s finds out when the stream is back.")),
            entry(
                    "retry_secondary_threshold",
                    differs("What is given up on is kept as dead letters, and can be replayed.")),
            entry("disable_chunk_backup", differs("What is given up on is kept as dead letters, and can be replayed.")),
            entry("overflow_action", overflow()));

    private static final ParameterRules BUFFER_SECTION = new ParameterRules(BUFFER);

    private static final ParameterRules MATCH = new ParameterRules(match());

    private static final ParameterRules ROLE = new ParameterRules(Map.of(
            "role_arn", to("kinesis.assume_role.role_arn"),
            "role_session_name", to("kinesis.assume_role.session_name"),
            "external_id", to("kinesis.assume_role.external_id"),
            "policy", lost("A session has the role's own permissions.", "Narrow the role's policy instead."),
            "duration_seconds", differs("Sessions are renewed before they end."),
            "sts_http_proxy", differs("kinesis.proxy, or HTTPS_PROXY, holds for AWS STS, too.")));

    private static final ParameterRules PROFILE = new ParameterRules(Map.of(
            "profile_name", to("kinesis.profile"),
            "path", lost("The file of credentials is where the AWS SDKs look.", "Set AWS_SHARED_CREDENTIALS_FILE.")));

    private static final ParameterRules INJECT = new ParameterRules(Map.of(
            "time_key", fineAs(List.of("time"), lost("The time is in the field time.", "Tell the consumers.")),
            "tag_key", fineAs(List.of("tag"), lost("The tag is in the field tag.", "Tell the consumers.")),
            "time_type", differs("The time is ISO 8601, UTC, in whole seconds."),
            "time_format", differs("The time is ISO 8601, UTC, in whole seconds."),
            "utc", fine(),
            "hostname_key", lost("Records have no field for the host.", "Tell the consumers.")));

    private final ConvertedSettings out;

    ConvertedOutput(ConvertedSettings out) {
        this.out = out;
    }

    static boolean isKinesis(FluentdElement element) {
        return List.of("kinesis", "kinesis_streams", "kinesis_streams_aggregated", "kinesis_producer")
                .contains(element.type());
    }

    /** @param pattern of the tags, from the section, or from the one around it */
    void take(FluentdElement match, String pattern, int patternLine) {
        Parameter tags = new Parameter("match", Optional.of(pattern), patternLine);
        out.translated(tags).ifPresent(text -> out.set("record.tags", list(text), tags));
        if (match.type().equals("kinesis_streams_aggregated") || match.type().equals("kinesis_producer")) {
            out.set("kinesis.aggregate", "true", new Parameter("@type", Optional.empty(), match.line()));
        }
        MATCH.apply(match, out);
        for (FluentdElement one : match.elements()) {
            section(one);
        }
    }

    private void section(FluentdElement element) {
        switch (element.name()) {
            case "buffer" -> {
                BUFFER_SECTION.apply(element, out);
                totalLimit(element);
                if (element.type().equals("memory")) {
                    out.note(element.line(), "@type memory", "The buffer is always on disk: see buffer.directory.", "");
                }
            }
            case "assume_role_credentials" -> ROLE.apply(element, out);
            case "shared_credentials" -> PROFILE.apply(element, out);
            case "inject" -> INJECT.apply(element, out);
            case "instance_profile_credentials" ->
                out.note(
                        element.line(),
                        "<instance_profile_credentials>",
                        "The instance's role is found by itself.",
                        "");
            case "process_credentials" ->
                out.note(
                        element.line(),
                        "<process_credentials>",
                        "Processes are named in profiles.",
                        "Put credential_process into a profile of ~/.aws/config, and its name into kinesis.profile.");
            case "format" -> {
                if (!element.type().equals("json")) {
                    out.note(
                            element.line(),
                            "<format> " + element.type(),
                            "Records are JSON.",
                            "Change the consumers, or leave this one with fluentd.");
                }
            }
            default ->
                out.note(
                        element.line(),
                        "<" + element.name() + ">",
                        "There is nothing like it here.",
                        "Look whether it is needed; what cannot be sent is kept as dead letters.");
        }
    }

    /** fluentd bounds the sum, we bound the number of files. */
    private void totalLimit(FluentdElement buffer) {
        Optional<Parameter> total = parameter(buffer, "total_limit_size");
        if (total.isEmpty()) {
            return;
        }
        long chunk = parameter(buffer, "chunk_limit_size")
                .flatMap(ParameterRules::bytes)
                .map(bytes -> Math.clamp(bytes, MIB, 16L * MIB))
                .orElse(16L * MIB);
        ParameterRules.bytes(total.get())
                .ifPresentOrElse(
                        bytes -> out.set(
                                "buffer.max_chunks", Long.toString(Math.clamp(bytes / chunk, 2, 100_000)), total.get()),
                        () -> out.note(total.get(), "It is no size.", "Set buffer.max_chunks yourself."));
    }

    private static Map<String, Rule> match() {
        Map<String, Rule> rules = new HashMap<>(Map.ofEntries(
                entry("stream_name", stream()),
                entry("region", to("kinesis.region")),
                entry("endpoint", to("kinesis.endpoint_url")),
                entry("http_proxy", to("kinesis.proxy")),
                entry("random_partition_key", flag(true, lost(NOT_FROM_RECORD, CHOOSE_KEY))),
                entry("partition_key", partitionKey()),
                entry("partition_key_expr", lost(NOT_FROM_RECORD, CHOOSE_KEY)),
                entry("explicit_hash_key", lost("Records go where their partition key says.", CHOOSE_KEY)),
                entry("explicit_hash_key_expr", lost("Records go where their partition key says.", CHOOSE_KEY)),
                entry("fixed_partition_key", lost("One key for all would load one shard only.", CHOOSE_KEY)),
                entry("aws_key_id", credentials()),
                entry("aws_sec_key", credentials()),
                entry("role_arn", to("kinesis.assume_role.role_arn")),
                entry("external_id", to("kinesis.assume_role.external_id")),
                entry("include_time_key", always("time")),
                entry("include_tag_key", always("tag")),
                entry(
                        "time_key",
                        fineAs(List.of("time"), lost("The time is in the field time.", "Tell the consumers."))),
                entry("tag_key", fineAs(List.of("tag"), lost("The tag is in the field tag.", "Tell the consumers."))),
                entry("time_format", differs("The time is ISO 8601, UTC, in whole seconds.")),
                entry("utc", fine()),
                entry("localtime", lost("The time is in UTC.", "Tell the consumers.")),
                entry("order_events", flag(false, lost("Requests are in flight at once.", CHOOSE_KEY))),
                entry("detach_process", differs("One process is enough.")),
                entry("debug", fine()),
                entry("ensure_stream_connection", differs("The stream is checked while lines are taken.")),
                entry("use_yajl", fine()),
                entry(
                        "ssl_verify_peer",
                        flag(true, lost("Certificates are always checked.", "Name its certificate in kinesis.ca."))),
                entry("batch_request_max_count", count("kinesis.max_batch_records", 1, 500)),
                entry("batch_request_max_size", size("kinesis.max_batch_size", MIB, 10 * MIB)),
                entry("retries_on_batch_request", differs("Each record is retried by itself.")),
                entry("retries_on_putrecords", differs("Each record is retried by itself.")),
                entry("reset_backoff_if_success", fine()),
                entry(
                        "drop_failed_batch_requests",
                        flag(false, lost("Nothing is dropped.", "What is given up on is a dead letter."))),
                entry("monitor_num_of_batch_request_retries", differs("Retries are among the metrics.")),
                entry("log_truncate_max_size", differs("Lines are never written into our own log.")),
                entry("compression", compression()),
                entry("zlib_compression", flag(false, compression())),
                entry("data_key", lost("Records are whole events.", "Tell the consumers.")),
                entry(
                        "append_new_line",
                        flag(false, lost("There is no line end behind a record.", "Tell the consumers."))),
                entry("chomp_record", flag(false, lost("A record is an event as it came.", "Tell the consumers."))),
                entry(
                        "buffer_type",
                        fineAs(List.of("file"), differs("The buffer is always on disk: see buffer.directory."))),
                entry("buffer_path", folder()),
                entry("buffer_chunk_limit", size("buffer.chunk_size", MIB, 16 * MIB)),
                entry("buffer_queue_limit", count("buffer.max_chunks", 2, 100_000)),
                entry("buffer_queue_full_action", overflow()),
                entry("num_threads", count("kinesis.max_requests_in_flight", 1, 64)),
                entry("try_flush_interval", differs(AT_ONCE)),
                entry("queued_chunk_flush_interval", differs(AT_ONCE)),
                entry(
                        "max_retry_wait",
                        differs("While a wait is long, a probe every 5 s finds out when the stream is back.")),
                entry("retry_limit", count("kinesis.retry_limit", 0, 1000)),
                entry(
                        "disable_retry_limit",
                        flag(false, (parameter, out) -> out.set("kinesis.retry_limit", "1000", parameter)))));
        // Outside of a <buffer>, fluentd 0.12 and 1 take these, too.
        BUFFER.forEach(rules::putIfAbsent);
        return Map.copyOf(rules);
    }

    private static Rule stream() {
        return (parameter, out) -> {
            if (parameter.text().contains("${")) {
                out.note(
                        parameter,
                        "An agent ships to one stream.",
                        "Run an agent for each stream, or choose one: kinesis.stream.");
            } else {
                out.text("kinesis.stream", parameter);
            }
        };
    }

    private static Rule partitionKey() {
        return (parameter, out) -> {
            switch (parameter.text()) {
                case "container_id", "container_name" -> out.set("kinesis.partition_key", "container", parameter);
                case "tag" -> out.set("kinesis.partition_key", "tag", parameter);
                default -> out.note(parameter, NOT_FROM_RECORD, CHOOSE_KEY);
            }
        };
    }

    private static Rule credentials() {
        return lost(
                "Keys are no part of our configuration.",
                "Give the agent a role, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in its environment.");
    }

    private static Rule always(String field) {
        return flag(true, lost("Records always have the field " + field + ".", "Tell the consumers."));
    }

    private static Rule compression() {
        return lost(
                "zlib without a header is not what consumers of gzip or zstd read.",
                "Set kinesis.compression to gzip or zstd, and tell the consumers.");
    }

    private static Rule overflow() {
        return (parameter, out) -> {
            switch (parameter.text()) {
                case "block" -> out.set("buffer.overflow", "block", parameter);
                case "drop_oldest_chunk" -> out.set("buffer.overflow", "drop_oldest_chunk", parameter);
                default -> out.note(parameter, "A full buffer makes senders wait, and refuses nobody.", "");
            }
        };
    }

    /** Our folder is a new one beside fluentd's files: what they still have is imported, not opened. */
    private static Rule folder() {
        return (parameter, out) -> {
            String parent = parameter.text().replaceFirst("/[^/]*$", "");
            Parameter folder = new Parameter(parameter.name(), Optional.of(parent + "/logstream"), parameter.line());
            out.text("buffer.directory", folder);
            boolean old = parameter.name().equals("buffer_path");
            out.note(
                    parameter,
                    "The buffer is a folder of its own.",
                    old
                            ? "What fluentd has not sent yet: logstream buffer import " + parent + "."
                            : "Have fluentd send what it has (SIGUSR1) before you stop it: its files are not imported.");
        };
    }

    private static Optional<Parameter> parameter(FluentdElement element, String name) {
        return element.parameters().stream()
                .filter(one -> one.name().equals(name))
                .findFirst();
    }

    /** Patterns are separated by spaces in fluentd. */
    private static String list(String patterns) {
        return "['" + patterns.strip().replace("'", "''").replaceAll("\\s+", "', '") + "']";
    }
}
