package logstream.deploy.aws;

import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import logstream.deploy.stacks.CallFailure;
import logstream.deploy.stacks.CallFailure.Kind;
import logstream.deploy.stacks.Pauses;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Makes calls, tries again what may go through later, and says in a sentence what did not.
 *
 * <p>All calls may be made twice: what begins an operation carries a token by which AWS knows it again.
 */
final class Calls {
    /** With the pauses between them these take about a minute. */
    private static final int ATTEMPTS = 10;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    /** Two failed attempts are everyday; of more the user is told. */
    private static final int QUIET_ATTEMPTS = 2;

    private static final Set<String> THROTTLED = Set.of(
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "RequestLimitExceeded",
            "TooManyRequestsException",
            "RequestThrottled");
    private static final Set<String> FORBIDDEN =
            Set.of("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "NotAuthorized");
    private static final Set<String> WRONG_CREDENTIALS = Set.of(
            "ExpiredToken",
            "ExpiredTokenException",
            "InvalidClientTokenId",
            "UnrecognizedClientException",
            "SignatureDoesNotMatch",
            "IncompleteSignature",
            "MissingAuthenticationToken",
            "InvalidAccessKeyId",
            "AuthFailure");

    private final Pauses pauses;
    private final Notices notices;

    Calls(Pauses pauses, Notices notices) {
        this.pauses = pauses;
        this.notices = notices;
    }

    /** @param purpose what the call is for, as the end of "could not ..." */
    <T> T call(String purpose, Supplier<T> request) throws CallFailure {
        Duration pause = FIRST_PAUSE;
        for (int attempt = 1; ; attempt++) {
            try {
                return request.get();
            } catch (SdkException failed) {
                CallFailure failure = explain(purpose, failed);
                boolean later = failure.kind() == Kind.BUSY || failure.kind() == Kind.UNREACHABLE;
                if (!later || attempt == ATTEMPTS) {
                    throw failure;
                }
                if (attempt == QUIET_ATTEMPTS) {
                    notices.say(failure.getMessage() + "; trying again for about a minute");
                }
                if (!pauses.pause(pause)) {
                    throw new CallFailure(Kind.LEFT, "stopped while trying to " + purpose + " again", failed);
                }
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            }
        }
    }

    /** Waits for something that AWS does. */
    void pause(Duration time, String before) throws CallFailure {
        if (!pauses.pause(time)) {
            throw new CallFailure(Kind.LEFT, "stopped before " + before);
        }
    }

    private static CallFailure explain(String purpose, SdkException failed) {
        return switch (failed) {
            case AwsServiceException refused -> explain(purpose, refused);
            case SdkClientException local -> explain(purpose, local);
            default -> new CallFailure(Kind.REFUSED, "could not " + purpose + ": " + failed.getMessage(), failed);
        };
    }

    private static CallFailure explain(String purpose, AwsServiceException refused) {
        String code = refused.awsErrorDetails() == null
                ? ""
                : String.valueOf(refused.awsErrorDetails().errorCode());
        String said = said(refused);
        String sentence = "could not " + purpose + ": " + said;
        // LimitExceededException is both: Kinesis' "too many calls", and CloudFormation's "too many stacks".
        boolean throttled = THROTTLED.contains(code) || refused.statusCode() == 429 || said.startsWith("Rate exceeded");
        if (throttled) {
            return new CallFailure(
                    Kind.BUSY, "could not " + purpose + ": AWS takes no more calls (" + said + ")", refused);
        }
        if (FORBIDDEN.contains(code)) {
            return new CallFailure(Kind.NO_PERMISSION, sentence, refused);
        }
        if (WRONG_CREDENTIALS.contains(code)) {
            return new CallFailure(Kind.NO_CREDENTIALS, sentence, refused);
        }
        if (code.equals("AlreadyExistsException")) {
            return new CallFailure(Kind.NAME_TAKEN, sentence, refused);
        }
        if (code.equals("ValidationError") && said.toLowerCase(Locale.ROOT).contains("does not exist")) {
            return new CallFailure(Kind.NO_STACK, sentence, refused);
        }
        return new CallFailure(refused.statusCode() >= 500 ? Kind.BUSY : Kind.REFUSED, sentence, refused);
    }

    /** Errors that are no answer of the service, such as a gateway's, have no words of their own. */
    private static String said(AwsServiceException refused) {
        if (refused.awsErrorDetails() != null && refused.awsErrorDetails().errorMessage() != null) {
            return refused.awsErrorDetails().errorMessage();
        }
        return "it answered with HTTP " + refused.statusCode();
    }

    private static CallFailure explain(String purpose, SdkClientException local) {
        String said = String.valueOf(local.getMessage());
        if (said.contains("Unable to load credentials")) {
            String sentence = "could not " + purpose
                    + ": there are no credentials, or the profile has none; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give --profile";
            return new CallFailure(Kind.NO_CREDENTIALS, sentence, local);
        }
        if (said.contains("Unable to load region")) {
            return new CallFailure(Kind.NO_REGION, "no region is known; give --region, or set AWS_REGION", local);
        }
        // The profile is missing, or a file cannot be read: no later attempt mends it.
        if (said.contains("rofile")) {
            return new CallFailure(Kind.NO_CREDENTIALS, "could not " + purpose + ": " + said, local);
        }
        return new CallFailure(
                Kind.UNREACHABLE, "could not " + purpose + ": AWS does not answer (" + said + ")", local);
    }
}
