package logstream.kinesis;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.function.Predicate;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * Tells which {@link CallError} an exception of the SDK is. Codes from the API reference (errors of each action, common
 * errors of all services).
 *
 * <p>What is not in the table: 5xx, 408, 413 and 429 by their status; other refusals wait for an operator, since a code we
 * do not know may be about us rather than about a record, and waiting is the one answer that loses nothing.
 */
final class CallErrors {
    private static final int LONGEST_REASON = 400;

    /** By error code, without the word Exception at its end. */
    private static final Map<String, CallError> BY_CODE = Map.ofEntries(
            Map.entry("ProvisionedThroughputExceeded", CallError.THROTTLED),
            Map.entry("KMSThrottling", CallError.KMS_THROTTLED),
            Map.entry("Throttling", CallError.THROTTLED),
            Map.entry("LimitExceeded", CallError.THROTTLED),
            Map.entry("RequestLimitExceeded", CallError.THROTTLED),
            Map.entry("TooManyRequests", CallError.THROTTLED),
            Map.entry("InternalFailure", CallError.SERVER),
            Map.entry("InternalServerError", CallError.SERVER),
            Map.entry("ServiceUnavailable", CallError.SERVER),
            Map.entry("RequestTimeout", CallError.SERVER),
            Map.entry("ResourceInUse", CallError.SERVER),
            Map.entry("ExpiredNextToken", CallError.SERVER),
            Map.entry("InvalidArgument", CallError.INVALID),
            Map.entry("Validation", CallError.INVALID),
            Map.entry("ValidationError", CallError.INVALID),
            Map.entry("Serialization", CallError.INVALID),
            Map.entry("RequestEntityTooLarge", CallError.TOO_LARGE),
            Map.entry("ResourceNotFound", CallError.STREAM_MISSING),
            Map.entry("KMSDisabled", CallError.KMS_KEY),
            Map.entry("KMSInvalidState", CallError.KMS_KEY),
            Map.entry("KMSNotFound", CallError.KMS_KEY),
            Map.entry("KMSAccessDenied", CallError.KMS_PERMISSION),
            Map.entry("KMSOptInRequired", CallError.KMS_OPT_IN),
            Map.entry("AccessDenied", CallError.PERMISSION),
            Map.entry("NotAuthorized", CallError.PERMISSION),
            Map.entry("UnrecognizedClient", CallError.CREDENTIALS),
            Map.entry("InvalidClientTokenId", CallError.CREDENTIALS),
            Map.entry("MissingAuthenticationToken", CallError.CREDENTIALS),
            Map.entry("IncompleteSignature", CallError.CREDENTIALS),
            Map.entry("SignatureDoesNotMatch", CallError.SIGNATURE),
            Map.entry("InvalidSignature", CallError.SIGNATURE),
            Map.entry("OptInRequired", CallError.REGION_OFF),
            Map.entry("ExpiredToken", CallError.EXPIRED),
            Map.entry("RequestExpired", CallError.CLOCK),
            Map.entry("RequestTimeTooSkewed", CallError.CLOCK),
            Map.entry("UnknownOperation", CallError.NO_KINESIS));

    /** What a failed call was, and in which words it was told. */
    record Told(CallError error, String reason) {
        /** What becomes of the records; never {@link PutOutcome.Answered}. */
        PutOutcome.Failed outcome(Purpose purpose) {
            String advice = error.advice(purpose);
            return switch (error.verdict) {
                case THROTTLED -> new PutOutcome.Throttled(reason, advice);
                case UNAVAILABLE -> new PutOutcome.Unavailable(reason, advice);
                case REFUSED -> new PutOutcome.Refused(reason, advice);
                case OPERATOR -> new PutOutcome.NeedsOperator(reason, advice);
            };
        }
    }

    private CallErrors() {}

    static PutOutcome.Failed outcome(RuntimeException failure, Purpose purpose) {
        return told(failure).outcome(purpose);
    }

    static Told told(RuntimeException failure) {
        AwsServiceException refusal = inChain(failure, AwsServiceException.class);
        if (refusal != null) {
            return refusal(refusal, inChain(failure, NoCredentialsException.class) != null);
        }
        return new Told(error(failure), shortened(describe(failure)));
    }

    private static CallError error(RuntimeException failure) {
        if (has(failure, CallErrors::isUntrusted)) {
            return CallError.CERTIFICATE;
        }
        if (inChain(failure, UnusableCaException.class) != null) {
            return CallError.CA_FILE;
        }
        if (inChain(failure, NoRegionException.class) != null) {
            return CallError.NO_REGION;
        }
        if (inChain(failure, NoCredentialsException.class) != null) {
            boolean metadata =
                    has(failure, e -> e.getMessage() != null && e.getMessage().contains("IMDS"));
            return isTimeout(failure)
                    ? CallError.NO_ANSWER
                    : metadata ? CallError.NO_METADATA : CallError.NO_CREDENTIALS;
        }
        return isTransport(failure) ? CallError.NO_ANSWER : CallError.SETTING;
    }

    private static Told refusal(AwsServiceException e, boolean fromCredentials) {
        AwsErrorDetails details = e.awsErrorDetails();
        String code = details == null || details.errorCode() == null ? "" : details.errorCode();
        String message = details == null || details.errorMessage() == null ? "" : details.errorMessage();
        CallError error = error(e.statusCode(), withoutSuffix(code), message);
        if (fromCredentials) {
            error = ofSession(error);
        }
        String request = e.requestId() == null ? "" : ", request " + e.requestId();
        String name = (fromCredentials ? "AssumeRole: " : "") + (code.isEmpty() ? "no error code" : code);
        String words = message.isEmpty() ? name : name + ": " + message;
        return new Told(error, shortened(words) + " (HTTP " + e.statusCode() + request + ")");
    }

    private static CallError error(int status, String code, String message) {
        if (status >= 500 || status == 408) {
            return CallError.SERVER;
        }
        if (status == 429) {
            return CallError.THROTTLED;
        }
        if (status == 413) {
            return CallError.TOO_LARGE;
        }
        CallError error = BY_CODE.getOrDefault(code, CallError.UNKNOWN);
        // The service has one code for several mistakes, and tells them apart in its words.
        if (error == CallError.SIGNATURE || error == CallError.CREDENTIALS) {
            boolean clock = message.contains("Signature expired") || message.contains("Signature not yet current");
            boolean region = message.contains("should be scoped to a valid");
            return clock ? CallError.CLOCK : region ? CallError.WRONG_REGION : error;
        }
        return error == CallError.INVALID && message.contains("size exceeds") ? CallError.TOO_LARGE : error;
    }

    /** Refused, throttled or misspelt was the asking for a role's session: nothing of it is about the records. */
    private static CallError ofSession(CallError error) {
        return switch (error.verdict) {
            case THROTTLED, UNAVAILABLE -> CallError.SERVER;
            case REFUSED -> CallError.ROLE;
            case OPERATOR -> error == CallError.PERMISSION ? CallError.ROLE : error;
        };
    }

    private static String withoutSuffix(String code) {
        return code.endsWith("Exception") ? code.substring(0, code.length() - "Exception".length()) : code;
    }

    /** The request left, or tried to: what is missing is an answer that can be understood. */
    private static boolean isTransport(RuntimeException failure) {
        boolean unreadable =
                failure.getMessage() != null && failure.getMessage().startsWith("Unable to unmarshall");
        return isTimeout(failure) || inChain(failure, IOException.class) != null || unreadable;
    }

    private static boolean isTimeout(RuntimeException failure) {
        return has(
                failure,
                e -> e instanceof ApiCallTimeoutException
                        || e instanceof ApiCallAttemptTimeoutException
                        || e instanceof AbortedException);
    }

    private static boolean isUntrusted(Throwable e) {
        // A handshake that fails has one of these as its cause if it failed for the certificate.
        return e instanceof GeneralSecurityException || e instanceof SSLPeerUnverifiedException;
    }

    private static String describe(RuntimeException failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        String message = deepest.getMessage() == null ? "" : deepest.getMessage();
        if (inChain(failure, NoCredentialsException.class) != null) {
            return "no credentials: " + afterChainNames(message);
        }
        boolean itsOwnWords = deepest instanceof UnusableCaException || deepest.getClass() == SdkClientException.class;
        return itsOwnWords ? message : deepest.getClass().getSimpleName() + ": " + message;
    }

    /** The SDK lists every provider with its settings, then what each said: the last is the instance's metadata. */
    private static String afterChainNames(String message) {
        int last = message.lastIndexOf("InstanceProfileCredentialsProvider");
        int colon = last < 0 ? -1 : message.indexOf("): ", last);
        return colon < 0
                ? message
                : "none in system properties, environment, profile or container; instance: "
                        + message.substring(colon + 3).replaceAll("]$", "");
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_REASON ? text : text.substring(0, LONGEST_REASON) + "…";
    }

    private static boolean has(Throwable failure, Predicate<Throwable> wanted) {
        for (Throwable e = failure; e != null; e = e.getCause()) {
            if (wanted.test(e)) {
                return true;
            }
        }
        return false;
    }

    static <T extends Throwable> @Nullable T inChain(Throwable failure, Class<T> type) {
        for (Throwable e = failure; e != null; e = e.getCause()) {
            if (type.isInstance(e)) {
                return type.cast(e);
            }
        }
        return null;
    }
}
