package logstream.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import logstream.AgentConfig;
import logstream.buffer.BufferConfig;
import logstream.forward.ForwardConfig;
import logstream.forward.ListenAddress;
import logstream.forward.Network;
import logstream.forward.Secret;
import logstream.forward.SecurityConfig;
import logstream.forward.SecurityConfig.Proof;
import logstream.forward.SecurityConfig.Rule;
import logstream.forward.TlsConfig;
import logstream.forward.UnixConfig;
import logstream.kinesis.KinesisConfig;
import logstream.kinesis.PackingConfig;
import logstream.monitor.MonitorConfig;
import logstream.ownlog.OwnLogConfig;
import logstream.pipeline.AddedFieldsConfig;
import logstream.pipeline.CareConfig;
import logstream.pipeline.CareConfig.Preset;
import logstream.pipeline.CareConfig.RateLimit;
import logstream.pipeline.CareConfig.RedactionRule;
import logstream.pipeline.CareConfig.What;
import logstream.pipeline.MultilineRule;
import logstream.pipeline.RecordConfig;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigFileTest {
    private static final String ROLE = "arn:aws:iam::123456789012:role/logstream";

    /** What the file says, where it must arrive, and as what. One for each setting there is. */
    private record Bound(String yaml, Function<AgentConfig, @Nullable Object> arrives, Object as) {}

    private static final Map<String, Bound> BOUND = Map.ofEntries(
            Map.entry(
                    "forward.listen",
                    new Bound(
                            "[tcp://h, 'tcp://[::1]:1', 'tls://0.0.0.0:2', unix:///run/a.sock]",
                            config -> config.forward().listen(),
                            List.of(
                                    new ListenAddress.Tcp("h", 24224),
                                    new ListenAddress.Tcp("::1", 1),
                                    new ListenAddress.Tls("0.0.0.0", 2),
                                    new ListenAddress.Unix(Path.of("/run/a.sock"))))),
            Map.entry(
                    "forward.max_connections",
                    new Bound("7", config -> config.forward().maxConnections(), 7)),
            Map.entry(
                    "forward.max_event_size",
                    new Bound("512KiB", config -> config.forward().bounds().eventBytes(), 512 * 1024)),
            Map.entry(
                    "forward.max_string_size",
                    new Bound("512KiB", config -> config.forward().bounds().stringBytes(), 512 * 1024)),
            Map.entry(
                    "forward.max_nesting",
                    new Bound("8", config -> config.forward().bounds().nesting(), 8)),
            Map.entry(
                    "forward.max_message_size",
                    new Bound("3MiB", config -> config.forward().bounds().messageBytes(), 3L << 20)),
            Map.entry(
                    "forward.max_entries",
                    new Bound("77", config -> config.forward().bounds().entries(), 77L)),
            Map.entry(
                    "forward.max_decompressed_size",
                    new Bound("4MiB", config -> config.forward().bounds().decompressedBytes(), 4L << 20)),
            Map.entry(
                    "forward.max_compression_ratio",
                    new Bound("99", config -> config.forward().bounds().compressionRatio(), 99)),
            Map.entry(
                    "forward.message_timeout",
                    new Bound("5s", config -> config.forward().messageTimeout(), Duration.ofSeconds(5))),
            Map.entry(
                    "forward.handshake_timeout",
                    new Bound("3s", config -> config.forward().handshakeTimeout(), Duration.ofSeconds(3))),
            Map.entry(
                    "forward.security.shared_key",
                    new Bound(
                            "'of: the test'",
                            config -> config.forward().security(),
                            new SecurityConfig(Optional.empty(), everybody("of: the test", Map.of())))),
            Map.entry(
                    "forward.security.self_hostname",
                    new Bound("here", config -> config.forward().security().selfHostname(), Optional.of("here"))),
            Map.entry(
                    "forward.security.users",
                    new Bound(
                            "['web:a:b', 'db:c']",
                            config -> config.forward().security().rules(),
                            everybody("key", Map.of("web", Secret.of("a:b"), "db", Secret.of("c"))))),
            Map.entry(
                    "forward.security.networks",
                    new Bound(
                            "[127.0.0.1, 'fd00::/8']",
                            config -> config.forward().security().rules(),
                            List.of(
                                    new Rule(Network.parse("127.0.0.1"), Optional.empty()),
                                    new Rule(Network.parse("fd00::/8"), Optional.empty())))),
            Map.entry(
                    "forward.udp_heartbeat",
                    new Bound("false", config -> config.forward().udpHeartbeat(), false)),
            Map.entry(
                    "forward.unix.mode",
                    new Bound("0600", config -> config.forward().unix().mode(), 0600)),
            Map.entry(
                    "forward.unix.owner",
                    new Bound(
                            "log:docker",
                            config -> config.forward().unix(),
                            new UnixConfig(0660, Optional.of("log"), Optional.of("docker")))),
            Map.entry(
                    "forward.tls.certificate",
                    new Bound("/etc/own.pem", config -> tls(config).certificate(), Path.of("/etc/own.pem"))),
            Map.entry(
                    "forward.tls.key",
                    new Bound("/etc/own.key", config -> tls(config).key(), Path.of("/etc/own.key"))),
            Map.entry(
                    "forward.tls.client_ca",
                    new Bound("/etc/ca.pem", config -> tls(config).clientCa(), Optional.of(Path.of("/etc/ca.pem")))),
            Map.entry(
                    "forward.tls.min_version",
                    new Bound("1.3", config -> tls(config).minVersion(), TlsConfig.Version.V1_3)),
            Map.entry(
                    "forward.tls.max_connections",
                    new Bound("5", config -> tls(config).maxConnections(), 5)),
            Map.entry(
                    "forward.max_waiting_size",
                    new Bound("16MiB", config -> config.forward().maxWaitingBytes(), 16L << 20)),
            Map.entry(
                    "record.tags",
                    new Bound("['**', 'a.{b,c}']", config -> config.record().tags(), List.of("**", "a.{b,c}"))),
            Map.entry(
                    "record.source_address_key",
                    new Bound("client", config -> config.record().added().sourceAddressKey(), Optional.of("client"))),
            Map.entry(
                    "record.fields",
                    new Bound(
                            "['env=a=b c', 'empty=']",
                            config -> config.record().added().fixed(),
                            List.of(
                                    new AddedFieldsConfig.Field("env", "a=b c"),
                                    new AddedFieldsConfig.Field("empty", "")))),
            Map.entry(
                    "record.host_key",
                    new Bound("host", config -> config.record().added().hostKey(), Optional.of("host"))),
            Map.entry(
                    "record.instance_id_key",
                    new Bound("instance", config -> config.record().added().instanceIdKey(), Optional.of("instance"))),
            Map.entry(
                    "record.region_key",
                    new Bound("region", config -> config.record().added().regionKey(), Optional.of("region"))),
            Map.entry(
                    "record.redact",
                    new Bound(
                            "[passwords, {rule: tokens, replacement: 'T', tags: a.*}, {rule: mine, pattern: 'x+'}]",
                            config -> config.record().care().redact(),
                            List.of(
                                    RedactionRule.of(Preset.PASSWORDS),
                                    new RedactionRule(
                                            "tokens", new What.Known(Preset.TOKENS), Optional.of("T"), List.of("a.*")),
                                    new RedactionRule(
                                            "mine", new What.Matching("x+"), Optional.empty(), List.of("**"))))),
            Map.entry(
                    "record.rate_limit",
                    new Bound(
                            "[{tags: a.*, lines: 5, burst: 2s}, {tags: ['**'], size: 2KiB}]",
                            config -> config.record().care().rateLimits(),
                            List.of(
                                    new RateLimit(
                                            List.of("a.*"),
                                            OptionalLong.of(5),
                                            OptionalLong.empty(),
                                            Duration.ofSeconds(2)),
                                    new RateLimit(
                                            List.of("**"),
                                            OptionalLong.empty(),
                                            OptionalLong.of(2048),
                                            CareConfig.DEFAULT_BURST)))),
            Map.entry(
                    "record.time_precision",
                    new Bound(
                            "nanoseconds",
                            config -> config.record().timePrecision(),
                            RecordConfig.TimePrecision.NANOSECONDS)),
            Map.entry(
                    "record.multiline",
                    new Bound(
                            "[{tags: [a, b.**], preset: java}, {tags: c, start: '\\d', timeout: 2s}]",
                            config -> config.record().multiline(),
                            List.of(
                                    new MultilineRule(
                                            List.of("a", "b.**"), MultilineRule.Preset.JAVA, Duration.ofSeconds(1)),
                                    new MultilineRule(
                                            List.of("c"), new MultilineRule.Start("\\d"), Duration.ofSeconds(2))))),
            Map.entry(
                    "record.lift_json",
                    new Bound("true", config -> config.record().liftJson(), true)),
            Map.entry(
                    "buffer.directory",
                    new Bound("/srv/buffer", config -> config.buffer().directory(), Path.of("/srv/buffer"))),
            Map.entry(
                    "buffer.chunk_size",
                    new Bound("2MB", config -> config.buffer().chunkBytes(), 2_000_000)),
            Map.entry(
                    "buffer.max_chunks",
                    new Bound("3", config -> config.buffer().maxChunks(), 3)),
            Map.entry(
                    "buffer.overflow",
                    new Bound("drop_newest", config -> config.buffer().overflow(), BufferConfig.Overflow.DROP_NEWEST)),
            Map.entry(
                    "buffer.min_free",
                    new Bound("10%", config -> config.buffer().minFree(), BufferConfig.MinFree.share(10))),
            Map.entry(
                    "buffer.sync", new Bound("never", config -> config.buffer().sync(), BufferConfig.Sync.NEVER)),
            Map.entry(
                    "buffer.sync_interval",
                    new Bound("1s", config -> config.buffer().syncInterval(), Duration.ofSeconds(1))),
            Map.entry(
                    "buffer.dead_letters.max_size",
                    new Bound("3GiB", config -> config.buffer().deadLetterBytes(), 3L << 30)),
            Map.entry(
                    "buffer.dead_letters.max_age",
                    new Bound("36h", config -> config.buffer().deadLetterAge(), Duration.ofHours(36))),
            Map.entry(
                    "record.join_pieces",
                    new Bound("false", config -> config.record().joinPieces(), false)),
            Map.entry(
                    "record.join_timeout",
                    new Bound("1m", config -> config.record().joinTimeout(), Duration.ofMinutes(1))),
            Map.entry(
                    "record.loss_notices",
                    new Bound("false", config -> config.record().lossNotices(), false)),
            Map.entry("kinesis.stream", new Bound("lines", config -> config.kinesis().stream(), "lines")),
            Map.entry(
                    "kinesis.region",
                    new Bound("eu-west-1", config -> config.kinesis().region(), "eu-west-1")),
            Map.entry(
                    "kinesis.endpoint_url",
                    new Bound(
                            "http://127.0.0.1:4567",
                            config -> config.kinesis().endpoint(),
                            URI.create("http://127.0.0.1:4567"))),
            Map.entry(
                    "kinesis.assume_role.role_arn",
                    new Bound(ROLE, config -> config.kinesis().roleArn(), ROLE)),
            Map.entry(
                    "kinesis.assume_role.external_id",
                    new Bound("0123", config -> config.kinesis().roleExternalId(), "0123")),
            Map.entry(
                    "kinesis.assume_role.session_name",
                    new Bound("host-1", config -> config.kinesis().roleSessionName(), "host-1")),
            Map.entry(
                    "kinesis.profile",
                    new Bound("logs", config -> config.kinesis().access().profile(), Optional.of("logs"))),
            Map.entry(
                    "kinesis.proxy",
                    new Bound(
                            "http://me:pa@proxy.example:3128",
                            config -> config.kinesis().access().proxy(),
                            Optional.of(URI.create("http://me:pa@proxy.example:3128")))),
            Map.entry(
                    "kinesis.ca",
                    new Bound(
                            "/etc/ssl/ours.pem",
                            config -> config.kinesis().access().ca(),
                            Optional.of(Path.of("/etc/ssl/ours.pem")))),
            Map.entry(
                    "kinesis.fips",
                    new Bound("true", config -> config.kinesis().access().fips(), true)),
            Map.entry(
                    "kinesis.dual_stack",
                    new Bound("true", config -> config.kinesis().access().dualStack(), true)),
            Map.entry(
                    "kinesis.max_batch_records",
                    new Bound("10", config -> config.kinesis().maxBatchRecords(), 10)),
            Map.entry(
                    "kinesis.max_batch_size",
                    new Bound("10MiB", config -> config.kinesis().maxBatchBytes(), 10 << 20)),
            Map.entry(
                    "kinesis.max_requests_in_flight",
                    new Bound("9", config -> config.kinesis().maxRequestsInFlight(), 9)),
            Map.entry(
                    "kinesis.linger", new Bound("0", config -> config.kinesis().linger(), Duration.ZERO)),
            Map.entry(
                    "kinesis.request_timeout",
                    new Bound("2m", config -> config.kinesis().requestTimeout(), Duration.ofMinutes(2))),
            Map.entry(
                    "kinesis.retry_limit",
                    new Bound("0", config -> config.kinesis().retryLimit(), 0)),
            Map.entry(
                    "kinesis.partition_key",
                    new Bound(
                            "container",
                            config -> config.kinesis().packing().partitionKey(),
                            PackingConfig.PartitionKey.CONTAINER)),
            Map.entry(
                    "kinesis.compression",
                    new Bound(
                            "zstd",
                            config -> config.kinesis().packing().compression(),
                            PackingConfig.Compression.ZSTD)),
            Map.entry(
                    "kinesis.aggregate",
                    new Bound("true", config -> config.kinesis().packing().aggregate(), true)),
            Map.entry(
                    "kinesis.max_aggregate_size",
                    new Bound("51200", config -> config.kinesis().packing().maxAggregateBytes(), 51_200)),
            Map.entry(
                    "kinesis.retry_wait",
                    new Bound("250ms", config -> config.kinesis().retryWait(), Duration.ofMillis(250))),
            Map.entry(
                    "monitor.bind",
                    new Bound("'::1'", config -> config.monitor().bind(), "::1")),
            Map.entry("monitor.port", new Bound("0", config -> config.monitor().port(), 0)),
            Map.entry(
                    "monitor.token",
                    new Bound(
                            "key",
                            config -> config.monitor().access(),
                            new MonitorConfig.Access.Token(Secret.of("key")))),
            Map.entry(
                    "monitor.hosts",
                    new Bound("[logs.example]", config -> config.monitor().hosts(), List.of("logs.example"))),
            Map.entry(
                    "monitor.tls.certificate",
                    new Bound("/etc/a.pem", config -> monitorTls(config).certificate(), Path.of("/etc/a.pem"))),
            Map.entry(
                    "monitor.tls.key",
                    new Bound("/etc/a.key", config -> monitorTls(config).key(), Path.of("/etc/a.key"))),
            Map.entry("log.format", new Bound("json", config -> config.log().format(), OwnLogConfig.Format.JSON)),
            Map.entry("log.level", new Bound("debug", config -> config.log().level(), OwnLogConfig.Level.DEBUG)),
            Map.entry("shutdown.grace", new Bound("14s", AgentConfig::shutdownGrace, Duration.ofSeconds(14))),
            Map.entry("reload.interval", new Bound("15s", AgentConfig::reloadInterval, Duration.ofSeconds(15))));

    private static List<Rule> everybody(String key, Map<String, Secret> users) {
        return SecurityConfig.forEverybody(Optional.of(new Proof(Secret.of(key), users)));
    }

    @TempDir
    private Path folder;

    static Stream<String> settings() {
        return Settings.ALL.stream().map(Setting::key);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void eachSettingArrives(String key) throws Exception {
        Bound bound = Objects.requireNonNull(BOUND.get(key), "a case for " + key);

        Map<String, String> settings = companions(key);
        AgentConfig defaults = read(yaml(settings));
        settings.put(key, bound.yaml);
        AgentConfig config = read(yaml(settings));

        assertThat(SchemaCheck.problems(yaml(settings))).isEmpty();
        assertThat(bound.arrives.apply(config)).isEqualTo(bound.as);
        assertThat(bound.arrives.apply(defaults)).isNotEqualTo(bound.as);
    }

    @Test
    void onlyTheStreamIsNeededAndTheRestIsAsTheRecordsSay() throws Exception {
        assertThat(read("kinesis: {stream: lines}"))
                .isEqualTo(new AgentConfig(
                        ForwardConfig.DEFAULT,
                        RecordConfig.DEFAULT,
                        BufferConfig.DEFAULT,
                        KinesisConfig.of("lines"),
                        MonitorConfig.DEFAULT,
                        OwnLogConfig.DEFAULT,
                        AgentConfig.DEFAULT_SHUTDOWN_GRACE,
                        AgentConfig.DEFAULT_RELOAD_INTERVAL));
    }

    @Test
    void theDefaultsAsTheTableShowsThemMeanTheDefaults() throws Exception {
        Map<String, String> settings = new TreeMap<>(Map.of("kinesis.stream", "lines"));
        settings.put("kinesis.assume_role.role_arn", ROLE);
        AgentConfig without = read(yaml(settings));
        for (Setting<?> setting : Settings.ALL) {
            if (!setting.defaultText().isEmpty()) {
                settings.put(setting.key(), setting.defaultText());
            }
        }
        assertThat(read(yaml(settings))).isEqualTo(without);
        assertThat(SchemaCheck.problems(yaml(settings))).isEmpty();
    }

    @Test
    void relativeTlsFilesBeginAtTheFile() throws Exception {
        AgentConfig config = read("""
                kinesis: {stream: lines}
                forward:
                  listen: tls://0.0.0.0
                  tls: {certificate: tls/own.pem, key: ../own.key, client_ca: ca.pem}
                """);
        assertThat(tls(config))
                .isEqualTo(new TlsConfig(
                        folder.resolve("tls/own.pem"),
                        folder.resolveSibling("own.key"),
                        Optional.of(folder.resolve("ca.pem")),
                        TlsConfig.Version.V1_2,
                        TlsConfig.DEFAULT_MAX_CONNECTIONS));
    }

    @ParameterizedTest
    @CsvSource({"log, log, ''", "log:docker, log, docker", ":docker, '', docker", "0:0, 0, 0"})
    void theOwnerOfAUnixSocketIsUserGroupOrBoth(String owner, String user, String group) throws Exception {
        UnixConfig unix = read("kinesis: {stream: lines}\nforward: {listen: 'unix:///s', unix: {owner: '" + owner
                        + "'}}")
                .forward()
                .unix();
        assertThat(unix.user().orElse("")).isEqualTo(user);
        assertThat(unix.group().orElse("")).isEqualTo(group);
    }

    @Test
    void aRelativeBufferFolderBeginsAtTheFile() throws Exception {
        assertThat(read("kinesis: {stream: lines}\nbuffer: {directory: state/buffer}")
                        .buffer()
                        .directory())
                .isEqualTo(folder.resolve("state/buffer").toAbsolutePath());
    }

    @Test
    void emptySectionsCommentsAndAByteOrderMarkAreFine() throws Exception {
        assertThat(read("\ufeff# ours\nforward:\n  # port: 1\nbuffer: ~\nkinesis:\n  stream: 2024 # a name\n")
                        .kinesis()
                        .stream())
                .isEqualTo("2024");
    }

    @Test
    void aSinglePatternNeedsNoList() throws Exception {
        assertThat(read("kinesis: {stream: lines}\nrecord: {tags: 'app.**'}")
                        .record()
                        .tags())
                .containsExactly("app.**");
    }

    @Test
    void aMissingFileAFolderAndAHugeFileAreSaid() throws Exception {
        Path missing = folder.resolve("missing.yml");
        assertThatThrownBy(() -> ConfigFile.read(missing))
                .isInstanceOf(ConfigException.class)
                .hasMessage(missing + ": 1 problem\n  does not exist; check the path");
        assertThatThrownBy(() -> ConfigFile.read(folder)).hasMessageContaining("is a folder; name the file in it");
        Path huge = Files.write(folder.resolve("huge.yml"), new byte[(1 << 20) + 1]);
        assertThatThrownBy(() -> ConfigFile.read(huge)).hasMessageContaining("is larger than 1 MiB");
    }

    @Test
    void whatIsNotUtf8IsSaidWithItsPlace() throws Exception {
        Path file = Files.write(
                folder.resolve("latin1.yml"), "kinesis:\n  stream: lön".getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> ConfigFile.read(file))
                .hasMessageContaining("line 2, column 12: not UTF-8; save the file as UTF-8");
    }

    private AgentConfig read(String yaml) throws IOException, ConfigException {
        return ConfigFile.read(Files.writeString(folder.resolve("logstream.yml"), yaml));
    }

    /** What must be in the file besides a setting. */
    private static Map<String, String> companions(String key) {
        Map<String, String> companions = new TreeMap<>(Map.of("kinesis.stream", "of-the-test"));
        if (key.startsWith("kinesis.assume_role.") && !key.endsWith(".role_arn")) {
            companions.put("kinesis.assume_role.role_arn", ROLE);
        }
        if (key.equals("forward.security.users") || key.equals("forward.security.self_hostname")) {
            companions.put("forward.security.shared_key", "key");
        }
        if (key.startsWith("forward.tls.") || key.equals("forward.listen")) {
            companions.put("forward.listen", "tls://h");
            companions.put("forward.tls.certificate", "c.pem");
            companions.put("forward.tls.key", "k.pem");
        }
        if (key.startsWith("monitor.tls.")) {
            companions.put("monitor.tls.certificate", "c.pem");
            companions.put("monitor.tls.key", "k.pem");
        }
        if (key.startsWith("forward.unix.")) {
            companions.put("forward.listen", "unix:///s");
        }
        return companions;
    }

    private static TlsConfig monitorTls(AgentConfig config) {
        return config.monitor().tls().orElseThrow();
    }

    private static TlsConfig tls(AgentConfig config) {
        return config.forward().tls().orElseThrow();
    }

    /** The file that gives these settings, by their paths. */
    private static String yaml(Map<String, String> settings) {
        StringBuilder yaml = new StringBuilder();
        List<String> open = List.of();
        for (Map.Entry<String, String> setting : new TreeMap<>(settings).entrySet()) {
            List<String> path = List.of(setting.getKey().split("\\.", -1));
            for (int depth = 0; depth < path.size(); depth++) {
                boolean leaf = depth == path.size() - 1;
                if (leaf || open.size() <= depth || !open.subList(0, depth + 1).equals(path.subList(0, depth + 1))) {
                    yaml.append("  ".repeat(depth))
                            .append(path.get(depth))
                            .append(leaf ? ": " + setting.getValue() : ":");
                    yaml.append('\n');
                }
            }
            open = path.subList(0, path.size() - 1);
        }
        return yaml.toString();
    }
}
