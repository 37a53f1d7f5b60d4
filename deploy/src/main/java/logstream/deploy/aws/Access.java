package logstream.deploy.aws;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import logstream.deploy.stacks.CallFailure;
import logstream.deploy.stacks.Pauses;
import logstream.deploy.stacks.Stacks;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/**
 * The way to one account in one region. Clients are made when they are first asked for; credentials are looked for at the
 * first call.
 *
 * <p>The SDK tries nothing twice: {@link Calls} does, so that the user can leave in between and is told.
 *
 * <p>Threading: for one thread.
 */
public final class Access implements AutoCloseable {
    private static final Duration LONGEST_ATTEMPT = Duration.ofSeconds(30);

    private final SdkHttpClient http = Apache5HttpClient.create();
    private final Optional<URI> endpoint;
    private final Region region;
    private final AwsCredentialsProvider credentials;
    private final Calls calls;

    private Access(Optional<URI> endpoint, Region region, AwsCredentialsProvider credentials, Calls calls) {
        this.endpoint = endpoint;
        this.region = region;
        this.credentials = credentials;
        this.calls = calls;
    }

    /**
     * Makes no call yet, except perhaps to find out the region.
     *
     * @param endpoint of all services, for emulators; empty for AWS
     * @param region empty for what the environment or the profile says
     * @param profile of the shared configuration files
     * @param notices what the user should know while it waits
     */
    public static Access to(
            Optional<URI> endpoint, Optional<String> region, Optional<String> profile, Pauses pauses, Notices notices)
            throws CallFailure {
        // Emulators mostly do not understand CBOR, and our few calls gain nothing by it.
        System.setProperty("aws.cborEnabled", "false");
        Calls calls = new Calls(pauses, notices);
        Region found = region.isPresent()
                ? Region.of(region.get())
                : calls.call("find out the region", () -> regionOf(profile));
        DefaultCredentialsProvider.Builder credentials = DefaultCredentialsProvider.builder();
        profile.ifPresent(credentials::profileName);
        return new Access(endpoint, found, credentials.build(), calls);
    }

    public String region() {
        return region.id();
    }

    public Stacks stacks() {
        return new CloudFormationStacks(configured(CloudFormationClient.builder()), calls);
    }

    public Streams streams() {
        return new Streams(configured(KinesisClient.builder()), calls);
    }

    public Figures figures() {
        return new Figures(configured(CloudWatchClient.builder()), calls);
    }

    @Override
    public void close() {
        http.close();
    }

    private static Region regionOf(Optional<String> profile) {
        DefaultAwsRegionProviderChain.Builder chain = DefaultAwsRegionProviderChain.builder();
        profile.ifPresent(chain::profileName);
        return chain.build().getRegion();
    }

    private <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> C configured(B builder) {
        endpoint.ifPresent(builder::endpointOverride);
        return builder.httpClient(http)
                .region(region)
                .credentialsProvider(credentials)
                .overrideConfiguration(override ->
                        override.retryStrategy(AwsRetryStrategy.doNotRetry()).apiCallAttemptTimeout(LONGEST_ATTEMPT))
                .build();
    }
}
