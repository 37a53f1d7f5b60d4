package logstream.local;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/** SDK clients for the tests of this package: no retries, one encoding each. */
final class KinesisClients {
    private static final String CBOR_ENABLED = "aws.cborEnabled";

    private KinesisClients() {}

    /** The SDK looks at the property once for each client, while it is built; so it is set for that moment only. */
    static synchronized KinesisClient of(URI endpoint, boolean cbor) {
        @Nullable String before = System.getProperty(CBOR_ENABLED);
        System.setProperty(CBOR_ENABLED, Boolean.toString(cbor));
        try {
            return KinesisClient.builder()
                    .endpointOverride(endpoint)
                    .region(Region.US_EAST_1)
                    .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "any")))
                    .httpClientBuilder(Apache5HttpClient.builder())
                    .overrideConfiguration(configuration -> configuration
                            .retryStrategy(DefaultRetryStrategy.doNotRetry())
                            .apiCallTimeout(Duration.ofSeconds(30)))
                    .build();
        } finally {
            if (before == null) {
                System.clearProperty(CBOR_ENABLED);
            } else {
                System.setProperty(CBOR_ENABLED, before);
            }
        }
    }
}
