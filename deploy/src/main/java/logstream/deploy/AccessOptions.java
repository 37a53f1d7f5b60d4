package logstream.deploy;

import java.io.PrintWriter;
import java.net.URI;
import java.util.Optional;
import logstream.deploy.aws.Access;
import logstream.deploy.stacks.CallFailure;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which account, region and endpoint. */
final class AccessOptions {
    @Option(
            names = "--region",
            paramLabel = "REGION",
            description = "AWS region; without it AWS_REGION, or what the profile says.")
    private @Nullable String region;

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            description = "Profile of ~/.aws/config and ~/.aws/credentials; without it AWS_PROFILE, or what the "
                    + "environment offers.")
    private @Nullable String profile;

    @Option(
            names = "--endpoint-url",
            paramLabel = "URL",
            description = "Endpoint of all services, for emulators such as moto or LocalStack.")
    private @Nullable String endpoint;

    Access open(World world, PrintWriter err) throws Failure, CallFailure {
        return Access.to(
                endpoint(), Optional.ofNullable(region), Optional.ofNullable(profile), world.pauses(), sentence -> {
                    err.println("logstream-deploy: " + sentence);
                    err.flush();
                });
    }

    /** These options as they were given, each after a blank: for commands that are shown to be typed next. */
    String asTyped() {
        return typed("--region", region) + typed("--profile", profile) + typed("--endpoint-url", endpoint);
    }

    private Optional<URI> endpoint() throws Failure {
        if (endpoint == null) {
            return Optional.empty();
        }
        try {
            URI url = URI.create(endpoint);
            if (url.getHost() != null
                    && url.getScheme() != null
                    && url.getScheme().matches("https?")) {
                return Optional.of(url);
            }
        } catch (IllegalArgumentException _) {
            // Said below.
        }
        throw new Failure(
                ExitCode.USAGE,
                "--endpoint-url '" + endpoint + "' is no URL with a host, such as http://127.0.0.1:5000");
    }

    private static String typed(String option, @Nullable String value) {
        return value == null ? "" : " " + option + " " + value;
    }
}
