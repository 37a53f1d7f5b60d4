package logstream.cli;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import logstream.AgentConfig;
import logstream.buffer.BufferConfig;
import logstream.forward.ForwardConfig;
import logstream.kinesis.KinesisConfig;
import logstream.monitor.MonitorConfig;
import logstream.monitor.MonitorConfig.Access;
import logstream.ownlog.OwnLogConfig;
import logstream.pipeline.RecordConfig;
import org.jspecify.annotations.Nullable;

/** What holds where nothing is configured: names, ports and folders of {@code run --local} and what looks for it. */
final class LocalSetting {
    static final int ENDPOINT_PORT = 4567;
    static final URI ENDPOINT = URI.create("http://127.0.0.1:" + ENDPOINT_PORT);
    static final String STREAM = "logstream";
    static final int SHARDS = 2;

    /** Any will do: the endpoint has no regions, but the SDK wants one to sign with. */
    static final String REGION = "us-east-1";

    private LocalSetting() {}

    /** The agent of {@code run --local}: ships every tag to the endpoint of its own process. */
    static AgentConfig config(URI endpoint, int forwardPort, int monitorPort, Path buffer) {
        return new AgentConfig(
                ForwardConfig.DEFAULT.withPort(forwardPort),
                RecordConfig.DEFAULT.withTags(List.of("**")),
                BufferConfig.DEFAULT.withDirectory(buffer),
                kinesis(STREAM, REGION, endpoint),
                MonitorConfig.DEFAULT.withPort(monitorPort).withAccess(new Access.Everybody()),
                OwnLogConfig.DEFAULT,
                // The stream ends with the process: there is nobody to ship to for long.
                Duration.ofSeconds(1),
                AgentConfig.DEFAULT_RELOAD_INTERVAL);
    }

    /** Everything but stream, region and endpoint as it is by default. */
    static KinesisConfig kinesis(String stream, @Nullable String region, @Nullable URI endpoint) {
        KinesisConfig defaults = KinesisConfig.of(stream);
        return new KinesisConfig(
                stream,
                region,
                endpoint,
                defaults.roleArn(),
                defaults.roleExternalId(),
                defaults.roleSessionName(),
                defaults.access(),
                defaults.maxBatchRecords(),
                defaults.maxBatchBytes(),
                defaults.maxRequestsInFlight(),
                defaults.linger(),
                defaults.requestTimeout(),
                defaults.retryLimit(),
                defaults.retryWait(),
                defaults.packing());
    }

    /** The folder logstream/buffer in the user's cache folder (XDG base directories). */
    static Path bufferFolder(Map<String, String> environment) {
        String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
        // A relative one is to be ignored, says the specification.
        Path base = cache.startsWith("/")
                ? Path.of(cache)
                : Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")), ".cache");
        return base.resolve("logstream").resolve("buffer");
    }

    /** Whether the address is this very machine, as far as its spelling tells. */
    static boolean isLoopback(URI endpoint) {
        String host = String.valueOf(endpoint.getHost());
        return host.equals("localhost") || host.matches("127(\\.\\d+){3}") || host.equals("[::1]");
    }

    /** An endpoint on this machine asks for no account, but the SDK signs with something: a name that nobody has. */
    static void provideCredentials() {
        System.setProperty("aws.accessKeyId", "local");
        System.setProperty("aws.secretAccessKey", "local");
    }
}
