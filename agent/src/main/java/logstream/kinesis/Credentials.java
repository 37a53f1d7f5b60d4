package logstream.kinesis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.auth.credentials.SystemPropertyCredentialsProvider;
import software.amazon.awssdk.core.SdkSystemSetting;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.services.sts.auth.StsWebIdentityTokenFileCredentialsProvider;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * As whom the agent calls: the SDK's chain, one profile, or the dummy of a local endpoint, and on top of these perhaps a
 * role. What runs out is asked for again some minutes before: one caller asks, the others go on with what is still valid.
 *
 * <p>Threading: thread-safe.
 */
final class Credentials implements AutoCloseable {
    private static final AwsBasicCredentials LOCAL = AwsBasicCredentials.create("local", "local");

    private final List<SdkAutoCloseable> parts = new ArrayList<>();
    private final AwsCredentialsProvider provider;

    /** @param sts makes a client that signs as the given provider says; not called unless a role is to be assumed */
    Credentials(KinesisConfig config, boolean local, StsClients sts) {
        AwsCredentialsProvider own =
                local ? ofLocalEndpoint() : own(config.access().profile(), sts);
        String roleArn = config.roleArn();
        provider = roleArn == null ? own : ofRole(roleArn, config, own, sts);
    }

    /** Makes clients of the service that gives out sessions. */
    interface StsClients {
        StsClient signingAs(AwsCredentialsProvider provider);
    }

    /** @throws NoCredentialsException whatever the reason */
    AwsCredentials resolve() {
        try {
            return provider.resolveCredentials();
        } catch (RuntimeException e) {
            throw new NoCredentialsException(e);
        }
    }

    private AwsCredentialsProvider ofRole(
            String roleArn, KinesisConfig config, AwsCredentialsProvider own, StsClients sts) {
        return kept(StsAssumeRoleCredentialsProvider.builder()
                .stsClient(kept(sts.signingAs(own)))
                .refreshRequest(r -> r.roleArn(roleArn)
                        .externalId(config.roleExternalId())
                        .roleSessionName(config.roleSessionName()))
                .build());
    }

    private AwsCredentialsProvider own(Optional<String> profile, StsClients sts) {
        if (profile.isPresent()) {
            return kept(ProfileCredentialsProvider.create(profile.get()));
        }
        boolean keysAtHand = SdkSystemSetting.AWS_ACCESS_KEY_ID.getStringValue().isPresent();
        boolean webIdentity =
                SdkSystemSetting.AWS_WEB_IDENTITY_TOKEN_FILE.getStringValue().isPresent();
        if (keysAtHand || !webIdentity) {
            return kept(DefaultCredentialsProvider.builder().build());
        }
        // What the chain would come to, but its own client knows neither our proxy nor our certificates.
        return kept(StsWebIdentityTokenFileCredentialsProvider.builder()
                .stsClient(kept(sts.signingAs(AnonymousCredentialsProvider.create())))
                .build());
    }

    private static AwsCredentialsProvider ofLocalEndpoint() {
        return AwsCredentialsProviderChain.of(
                SystemPropertyCredentialsProvider.create(),
                EnvironmentVariableCredentialsProvider.create(),
                StaticCredentialsProvider.create(LOCAL));
    }

    private <T extends SdkAutoCloseable> T kept(T part) {
        parts.add(part);
        return part;
    }

    @Override
    public void close() {
        parts.reversed().forEach(SdkAutoCloseable::close);
    }
}
