package logstream.kinesis;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.KinesisClientBuilder;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.StsClientBuilder;

/**
 * The SDK's client as a configuration asks for it, and beside it, over the same connections, what puts records; built when
 * first used: finding the region may ask the instance's metadata, and may fail today and succeed later.
 *
 * <p>The SDK retries nothing: every outcome is told to the caller, which alone knows what to send again.
 *
 * <p>Threading: thread-safe.
 */
final class KinesisAccess implements AutoCloseable {
    /** Region and credentials for an endpoint on loopback, if none are configured. */
    private static final Region LOCAL_REGION = Region.US_EAST_1;

    /** A connection is left after this time, so that a changed address of the endpoint is noticed. */
    private static final Duration CONNECTION_LIFE = Duration.ofMinutes(5);

    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(5);

    /** Beside the requests in flight: a probe and a check. */
    private static final int SPARE_CONNECTIONS = 2;

    private final KinesisConfig config;
    private final Map<String, String> environment;
    private final boolean local;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable SdkHttpClient http; // guarded by lock
    private @Nullable KinesisClient client; // guarded by lock
    private @Nullable PutCalls puts; // guarded by lock
    private @Nullable Credentials credentials; // guarded by lock
    private volatile boolean closed;

    /** @param environment for the proxy; what else is looked up there, the SDK looks up */
    KinesisAccess(KinesisConfig config, Map<String, String> environment) {
        this.config = config;
        this.environment = environment;
        this.local = config.endpoint() != null && isLoopback(config.endpoint());
    }

    /**
     * The one client.
     *
     * @throws NoRegionException if there is no region; the next call looks again
     * @throws IllegalStateException if closed
     */
    KinesisClient client() {
        lock.lock();
        try {
            requireOpen();
            if (client == null) {
                build();
            }
            return requireNonNull(client);
        } finally {
            lock.unlock();
        }
    }

    /** What sends PutRecords; over the same connections, and throws as {@link #client}. */
    PutCalls puts() {
        lock.lock();
        try {
            requireOpen();
            if (puts == null) {
                build();
            }
            return requireNonNull(puts);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The access key that requests are signed with: a name, not a secret.
     *
     * @throws NoRegionException if there is no region
     * @throws NoCredentialsException if there are none, whatever the reason
     */
    String accessKey() {
        KinesisClient _ = client();
        lock.lock();
        try {
            requireOpen();
            return Objects.requireNonNull(credentials, "opened with the client")
                    .resolve()
                    .accessKeyId();
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** @throws IllegalStateException if closed */
    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("already closed");
        }
    }

    /** The stream's ARN, if it was configured by it, else null. */
    @Nullable
    String streamArn() {
        return isArn(config.stream()) ? config.stream() : null;
    }

    /** The stream's name, if it was configured by it, else null. */
    @Nullable
    String streamName() {
        return isArn(config.stream()) ? null : config.stream();
    }

    /** All of them, or none: what was opened for one that fails is closed again. */
    private void build() {
        Region region = region();
        SdkHttpClient connections =
                httpBuilder(config.maxRequestsInFlight() + SPARE_CONNECTIONS).build();
        try {
            build(region, connections);
        } catch (RuntimeException e) {
            connections.close();
            throw e;
        }
    }

    private void build(Region region, SdkHttpClient connections) {
        Credentials found = new Credentials(config, local, provider -> sts(region, provider));
        try {
            client = kinesis(region, connections, found::resolve);
        } catch (RuntimeException e) {
            found.close();
            throw e;
        }
        puts = new PutCalls(
                connections,
                found,
                who -> RequestShape.of(
                        recorder -> kinesis(region, recorder, () -> who),
                        connections.clientName(),
                        streamName(),
                        streamArn()),
                config.requestTimeout());
        credentials = found;
        http = connections;
    }

    /** @param connections not closed by the client */
    private KinesisClient kinesis(Region region, SdkHttpClient connections, AwsCredentialsProvider provider) {
        KinesisClientBuilder builder = KinesisClient.builder().httpClient(connections);
        prepare(builder, region);
        return builder.endpointOverride(config.endpoint())
                .credentialsProvider(provider)
                .overrideConfiguration(o -> o.retryStrategy(DefaultRetryStrategy.doNotRetry())
                        .apiCallTimeout(config.requestTimeout())
                        .apiCallAttemptTimeout(config.requestTimeout()))
                .build();
    }

    private StsClient sts(Region region, AwsCredentialsProvider provider) {
        StsClientBuilder builder = StsClient.builder().httpClientBuilder(httpBuilder(1));
        prepare(builder, region);
        return builder.credentialsProvider(provider)
                .overrideConfiguration(o -> o.retryStrategy(RetryMode.STANDARD)
                        .apiCallTimeout(config.requestTimeout())
                        .apiCallAttemptTimeout(config.requestTimeout()))
                .build();
    }

    private <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C> void prepare(B builder, Region region) {
        builder.region(region);
        // Left alone when not asked for, so that the environment's and the profile's wish holds.
        if (config.access().fips()) {
            builder.fipsEnabled(true);
        }
        if (config.access().dualStack()) {
            builder.dualstackEnabled(true);
        }
    }

    private SdkHttpClient.Builder<?> httpBuilder(int connections) {
        Duration timeout = config.requestTimeout();
        AccessConfig access = config.access();
        Apache5HttpClient.Builder builder = Apache5HttpClient.builder()
                .maxConnections(connections)
                .connectionTimeout(timeout.compareTo(LONGEST_CONNECT) < 0 ? timeout : LONGEST_CONNECT)
                .connectionAcquisitionTimeout(timeout)
                .socketTimeout(timeout)
                .connectionTimeToLive(CONNECTION_LIFE)
                .tcpKeepAlive(true)
                .expectContinueEnabled(false)
                .proxyConfiguration(local ? Proxy.none() : Proxy.of(access.proxy(), environment));
        access.ca().ifPresent(file -> {
            TrustManager[] trusted = Trust.with(file);
            builder.tlsTrustManagersProvider(() -> trusted);
        });
        return builder;
    }

    private Region region() {
        String configured = config.region();
        if (configured != null) {
            return Region.of(configured);
        }
        // arn:PARTITION:kinesis:REGION:ACCOUNT:stream/NAME
        String[] arn = config.stream().split(":", -1);
        if (isArn(config.stream()) && arn.length > 3 && !arn[3].isEmpty()) {
            return Region.of(arn[3]);
        }
        AwsRegionProvider found = local
                ? new AwsRegionProviderChain(new SystemSettingsRegionProvider(), () -> LOCAL_REGION)
                : ofProfile();
        try {
            return found.getRegion();
        } catch (SdkClientException e) {
            throw new NoRegionException(e);
        }
    }

    private AwsRegionProvider ofProfile() {
        DefaultAwsRegionProviderChain.Builder builder = DefaultAwsRegionProviderChain.builder();
        config.access().profile().ifPresent(builder::profileName);
        return builder.build();
    }

    static boolean isArn(String stream) {
        return stream.startsWith("arn:");
    }

    /** Decided by the text alone: no name is looked up. */
    static boolean isLoopback(URI endpoint) {
        String host = endpoint.getHost();
        if (host == null) {
            return false;
        }
        if (host.equalsIgnoreCase("localhost")) {
            return true;
        }
        try {
            return InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    /** Calls in flight fail; there are no others afterwards. */
    @Override
    public void close() {
        closed = true;
        lock.lock();
        try {
            if (client != null) {
                client.close();
            }
            if (puts != null) {
                puts.close();
            }
            if (http != null) {
                http.close();
            }
            if (credentials != null) {
                credentials.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
