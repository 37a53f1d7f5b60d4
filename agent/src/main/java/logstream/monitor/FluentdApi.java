package logstream.monitor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.RequestFailure;
import logstream.pipeline.Blockage;

/**
 * What fluentd's plugin monitor_agent answers, for collectors that were made for it: two inputs, and the output whose
 * numbers they want. Its type is {@code kinesis}, which the FluentdCollector of Diamond makes its names of.
 *
 * <p>{@code retry_count} counts failed requests since the start, as fluentd 1 does; {@code retry} is there while nothing is
 * accepted.
 *
 * <p>Threading: any thread.
 */
final class FluentdApi {
    /** The chunk that is written to is none of the queue, says fluentd. */
    private static final int STAGED = 1;

    private final Observed observed;

    FluentdApi(Observed observed) {
        this.observed = observed;
    }

    private record Plugin(String id, String category, String type, Map<String, Object> config, boolean output) {}

    /**
     * The plugins that are asked for: one of {@code tag}, {@code @id} or {@code id}, {@code @type} or {@code type}, in this
     * order; without any all of them. {@code with_config=false} leaves their configuration out.
     */
    List<SequencedMap<String, Object>> plugins(Function<String, Optional<String>> parameter) {
        boolean config = !parameter.apply("with_config").orElse("true").equals("false");
        Optional<String> tag = parameter.apply("tag");
        Optional<String> id = parameter.apply("@id").or(() -> parameter.apply("id"));
        Optional<String> type = parameter.apply("@type").or(() -> parameter.apply("type"));
        List<SequencedMap<String, Object>> found = new ArrayList<>();
        for (Plugin plugin : all()) {
            boolean wanted = tag.map(text -> plugin.output && observed.vitals().ships(text))
                    .or(() -> id.map(plugin.id::equals))
                    .or(() -> type.map(plugin.type::equals))
                    .orElse(true);
            if (wanted) {
                found.add(shown(plugin, config));
            }
        }
        return found;
    }

    /** The process, as fluentd's {@code /api/config.json} tells it; no settings. */
    SequencedMap<String, Object> process() {
        SequencedMap<String, Object> facts = new LinkedHashMap<>();
        facts.put("pid", observed.about().pid());
        facts.put(
                "ppid", ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L));
        facts.put("config_path", observed.config().file());
        facts.put("version", observed.about().version());
        return facts;
    }

    /** Labeled tab-separated values: a line for each, without what is nested. */
    static String ltsv(List<? extends Map<String, Object>> rows) {
        return rows.stream()
                .map(row -> row.entrySet().stream()
                        .filter(entry -> !(entry.getValue() instanceof Map))
                        .map(entry -> entry.getKey() + ":" + plain(entry.getValue()))
                        .collect(Collectors.joining("\t", "", "\n")))
                .collect(Collectors.joining());
    }

    private static String plain(Object value) {
        return value.toString().replaceAll("\\p{Cntrl}", " ");
    }

    private List<Plugin> all() {
        About about = observed.about();
        return List.of(
                new Plugin("forward", "input", "forward", Map.of(), false),
                new Plugin("monitor_agent", "input", "monitor_agent", Map.of(), false),
                new Plugin("kinesis", "output", "kinesis", output(about), true));
    }

    private static Map<String, Object> output(About about) {
        SequencedMap<String, Object> config = new LinkedHashMap<>();
        config.put("stream_name", about.stream());
        if (!about.region().isEmpty()) {
            config.put("region", about.region());
        }
        return config;
    }

    private SequencedMap<String, Object> shown(Plugin plugin, boolean withConfig) {
        SequencedMap<String, Object> shown = new LinkedHashMap<>();
        shown.put("plugin_id", plugin.id);
        shown.put("plugin_category", plugin.category);
        shown.put("type", plugin.type);
        if (withConfig) {
            SequencedMap<String, Object> config = new LinkedHashMap<>();
            config.put("@id", plugin.id);
            config.put("@type", plugin.type);
            config.putAll(plugin.config);
            shown.put("config", config);
        }
        shown.put("output_plugin", plugin.output);
        if (plugin.output) {
            addBuffer(shown);
        }
        return shown;
    }

    private void addBuffer(Map<String, Object> shown) {
        Metrics metrics = observed.metrics();
        Metrics.Gauges gauges = metrics.gauges();
        shown.put("buffer_queue_length", Math.max(0, gauges.bufferChunks().getAsLong() - STAGED));
        shown.put("buffer_total_queued_size", gauges.bufferedBytes().getAsLong());
        long failed = 0;
        for (RequestFailure cause : RequestFailure.values()) {
            failed += metrics.requestsFailed(cause).sum();
        }
        shown.put("retry_count", failed);
        shown.put("emit_records", metrics.eventsReceived.sum());
        shown.put("write_count", metrics.requestsSent.sum());
        Optional<Blockage> blockage = observed.vitals().blockage();
        if (blockage.isPresent()) {
            SequencedMap<String, Object> retry = new LinkedHashMap<>();
            retry.put("steps", blockage.get().retries());
            retry.put("reason", blockage.get().reason());
            shown.put("retry", retry);
        }
    }
}
