package logstream.kinesis;

import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.auth.credentials.SystemPropertyCredentialsProvider;
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
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * The SDK's client as a configuration asks for it, built when it is first used: finding the region may ask the
 * instance's metadata, and may fail today and succeed later.
 *
 * <p>The SDK retries nothing: every outcome is told to the caller, which alone knows what to send again.
 *
 * <p>Threading: thread-safe.
 */
final class KinesisAccess implements AutoCloseable {
    /** Region and credentials for an endpoint on loopback, if none are configured. */
    private static final Region LOCAL_REGION = Region.US_EAST_1;

    private static final AwsBasicCredentials LOCAL_CREDENTIALS = AwsBasicCredentials.create("local", "local");

    /** A connection is left after this time, so that a changed address of the endpoint is noticed. */
    private static final Duration CONNECTION_LIFE = Duration.ofMinutes(5);

    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(5);

    /** Beside the requests in flight: a probe and a check. */
    private static final int SPARE_CONNECTIONS = 2;

    private final KinesisConfig config;
    private final boolean local;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable KinesisClient client; // guarded by lock
    private @Nullable SdkAutoCloseable credentials; // guarded by lock
    private @Nullable StsClient sts; // guarded by lock
    private volatile boolean closed;

    KinesisAccess(KinesisConfig config) {
        this.config = config;
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
            KinesisClient existing = client;
            if (existing != null) {
                return existing;
            }
            KinesisClient built = build(region());
            client = built;
            return built;
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

    private KinesisClient build(Region region) {
        AwsCredentialsProvider provider = credentialsProvider(region);
        return KinesisClient.builder()
                .region(region)
                .endpointOverride(config.endpoint())
                .credentialsProvider(() -> {
                    try {
                        return provider.resolveCredentials();
                    } catch (RuntimeException e) {
                        throw new NoCredentialsException(e);
                    }
                })
                .httpClientBuilder(http(config.maxRequestsInFlight() + SPARE_CONNECTIONS))
                .overrideConfiguration(o -> o.retryStrategy(DefaultRetryStrategy.doNotRetry())
                        .apiCallTimeout(config.requestTimeout())
                        .apiCallAttemptTimeout(config.requestTimeout()))
                .build();
    }

    private SdkHttpClient.Builder<?> http(int connections) {
        Duration timeout = config.requestTimeout();
        return Apache5HttpClient.builder()
                .maxConnections(connections)
                .connectionTimeout(timeout.compareTo(LONGEST_CONNECT) < 0 ? timeout : LONGEST_CONNECT)
                .connectionAcquisitionTimeout(timeout)
                .socketTimeout(timeout)
                .connectionTimeToLive(CONNECTION_LIFE)
                .tcpKeepAlive(true)
                .expectContinueEnabled(false);
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
                : DefaultAwsRegionProviderChain.builder().build();
        try {
            return found.getRegion();
        } catch (SdkClientException e) {
            throw new NoRegionException(e);
        }
    }

    private AwsCredentialsProvider credentialsProvider(Region region) {
        AwsCredentialsProvider base = local ? localCredentials() : defaultCredentials();
        String roleArn = config.roleArn();
        if (roleArn == null) {
            return base;
        }
        StsClient client = StsClient.builder()
                .region(region)
                .credentialsProvider(base)
                .httpClientBuilder(http(1))
                .overrideConfiguration(o -> o.retryStrategy(RetryMode.STANDARD)
                        .apiCallTimeout(config.requestTimeout())
                        .apiCallAttemptTimeout(config.requestTimeout()))
                .build();
        sts = client;
        // Refreshes by itself before the session ends: one caller asks, the others go on with what is still valid.
        return StsAssumeRoleCredentialsProvider.builder()
                .stsClient(client)
                .refreshRequest(r -> r.roleArn(roleArn)
                        .externalId(config.roleExternalId())
                        .roleSessionName(config.roleSessionName()))
                .build();
    }

    private AwsCredentialsProvider defaultCredentials() {
        DefaultCredentialsProvider chain = DefaultCredentialsProvider.builder().build();
        credentials = chain;
        return chain;
    }

    private static AwsCredentialsProvider localCredentials() {
        return AwsCredentialsProviderChain.of(
                SystemPropertyCredentialsProvider.create(),
                EnvironmentVariableCredentialsProvider.create(),
                StaticCredentialsProvider.create(LOCAL_CREDENTIALS));
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
            closeIfBuilt(client);
            closeIfBuilt(sts);
            closeIfBuilt(credentials);
        } finally {
            lock.unlock();
        }
    }

    private static void closeIfBuilt(@Nullable SdkAutoCloseable part) {
        if (part != null) {
            part.close();
        }
    }
}
