package logstream.kinesis;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * The one table that says what a failed call means for the records in it. From the API reference (errors of each
 * action, common errors of all services).
 *
 * <p>What is not in the table: 5xx, 408 and 429 by their status; other refusals wait for an operator, since a code we
 * do not know may be about us rather than about a record, and waiting is the one answer that loses nothing.
 */
final class CallErrors {
    private static final int LONGEST_REASON = 400;

    /** What a code means; the advice, if an operator must act, knows what the call was for. */
    private record Row(Verdict verdict, Function<Purpose, String> advice) {}

    private enum Verdict {
        THROTTLED,
        UNAVAILABLE,
        REFUSED,
        OPERATOR
    }

    private static final Row THROTTLED = new Row(Verdict.THROTTLED, _ -> "");
    private static final Row UNAVAILABLE = new Row(Verdict.UNAVAILABLE, _ -> "");
    private static final Row REFUSED = new Row(Verdict.REFUSED, _ -> "");
    private static final Row CREDENTIALS =
            operator("Check the access key, its session token and whether it belongs to this partition and account.");
    private static final Row EXPIRED =
            operator("Renew the credentials: the session has ended, or the token belongs to another access key.");
    private static final Row CLOCK = operator("Set the host's clock (NTP): requests are valid for a few minutes only.");
    private static final Row PERMISSION = new Row(
            Verdict.OPERATOR, p -> "Allow " + p.action + " on the stream to the identity that the error names.");
    private static final Row KEY_STATE =
            operator("Enable the KMS key that encrypts the stream, or give the stream another.");
    private static final Row KEY_PERMISSION = new Row(
            Verdict.OPERATOR,
            p -> "Allow " + p.keyAction + " on the stream's KMS key, in the identity's policy and in the key's.");

    /** By error code, without the word Exception at its end. */
    private static final Map<String, Row> BY_CODE = Map.ofEntries(
            Map.entry("ProvisionedThroughputExceeded", THROTTLED),
            Map.entry("KMSThrottling", THROTTLED),
            Map.entry("Throttling", THROTTLED),
            Map.entry("LimitExceeded", THROTTLED),
            Map.entry("RequestLimitExceeded", THROTTLED),
            Map.entry("TooManyRequests", THROTTLED),
            Map.entry("InternalFailure", UNAVAILABLE),
            Map.entry("InternalServerError", UNAVAILABLE),
            Map.entry("ServiceUnavailable", UNAVAILABLE),
            Map.entry("RequestTimeout", UNAVAILABLE),
            Map.entry("ResourceInUse", UNAVAILABLE),
            Map.entry("ExpiredNextToken", UNAVAILABLE),
            Map.entry("InvalidArgument", REFUSED),
            Map.entry("Validation", REFUSED),
            Map.entry("Serialization", REFUSED),
            Map.entry("RequestEntityTooLarge", REFUSED),
            Map.entry(
                    "ResourceNotFound",
                    operator("Create the stream, or correct its name, the region or the account of the credentials.")),
            Map.entry("KMSDisabled", KEY_STATE),
            Map.entry("KMSInvalidState", KEY_STATE),
            Map.entry("KMSNotFound", KEY_STATE),
            Map.entry("KMSAccessDenied", KEY_PERMISSION),
            Map.entry(
                    "KMSOptInRequired",
                    operator("Subscribe the account to AWS KMS, or change the stream's encryption.")),
            Map.entry("AccessDenied", PERMISSION),
            Map.entry("NotAuthorized", PERMISSION),
            Map.entry("UnrecognizedClient", CREDENTIALS),
            Map.entry("InvalidClientTokenId", CREDENTIALS),
            Map.entry("MissingAuthenticationToken", CREDENTIALS),
            Map.entry("IncompleteSignature", CREDENTIALS),
            Map.entry("SignatureDoesNotMatch", CREDENTIALS),
            Map.entry(
                    "InvalidSignature",
                    operator("Check the secret key and the host's clock (NTP): the signature does not match.")),
            Map.entry("OptInRequired", operator("Enable the region or the service for the account.")),
            Map.entry("ExpiredToken", EXPIRED),
            Map.entry("RequestExpired", CLOCK),
            Map.entry("RequestTimeTooSkewed", CLOCK),
            Map.entry("UnknownOperation", operator("Check the endpoint: what answers there does not speak Kinesis.")));

    private static final Row ASSUME_ROLE = operator(
            "Allow sts:AssumeRole on the configured role to the agent's own identity, and name that identity (and the"
                    + " external id) in the role's trust policy.");
    private static final Row CERTIFICATE = operator(
            "Check the host's clock, and if a proxy opens TLS connections, add its certificate to Java's trust store.");
    private static final Row NO_REGION =
            operator("Set kinesis.region in the configuration, or AWS_REGION in the environment.");
    private static final Row UNKNOWN_REFUSAL =
            operator("Look up the code in the Kinesis API reference, and check proxy and endpoint; the data waits.");
    private static final Row NO_CREDENTIALS =
            operator("Give the agent credentials: a role for the instance, task or pod, or AWS_ACCESS_KEY_ID and"
                    + " AWS_SECRET_ACCESS_KEY; on EC2 a container reaches the instance's role only with"
                    + " HttpPutResponseHopLimit 2 or host networking.");
    private static final Row LOCAL_SETTING =
            operator("Check stream, region, endpoint and role in the configuration, and proxy settings.");

    private CallErrors() {}

    private static Row operator(String advice) {
        return new Row(Verdict.OPERATOR, _ -> advice);
    }

    /** What became of the call that ended with this exception; never {@link PutOutcome.Answered}. */
    static PutOutcome outcome(RuntimeException failure, Purpose purpose) {
        NoCredentialsException credentials = inChain(failure, NoCredentialsException.class);
        AwsServiceException refusal = inChain(failure, AwsServiceException.class);
        if (refusal != null) {
            return refusal(refusal, credentials != null, purpose);
        }
        Row row = UNAVAILABLE;
        if (has(failure, CallErrors::isUntrusted)) {
            row = CERTIFICATE;
        } else if (inChain(failure, NoRegionException.class) != null) {
            row = NO_REGION;
        } else if (credentials != null) {
            row = isTimeout(failure) ? UNAVAILABLE : NO_CREDENTIALS;
        } else if (!isTransport(failure)) {
            row = LOCAL_SETTING;
        }
        return outcome(row, shortened(describe(failure)), purpose);
    }

    private static PutOutcome refusal(AwsServiceException e, boolean fromCredentials, Purpose purpose) {
        AwsErrorDetails details = e.awsErrorDetails();
        String code = details == null || details.errorCode() == null ? "" : details.errorCode();
        Row row = BY_CODE.get(withoutSuffix(code));
        if (e.statusCode() >= 500 || e.statusCode() == 408) {
            row = UNAVAILABLE;
        } else if (e.statusCode() == 429) {
            row = THROTTLED;
        } else if (e.statusCode() == 413) {
            row = REFUSED;
        } else if (row == null) {
            row = UNKNOWN_REFUSAL;
        }
        if (fromCredentials) {
            row = ofSession(row, code);
        }
        String message = details == null || details.errorMessage() == null ? "" : ": " + details.errorMessage();
        String request = e.requestId() == null ? "" : ", request " + e.requestId();
        String name = (fromCredentials ? "AssumeRole: " : "") + (code.isEmpty() ? "no error code" : code);
        return outcome(row, shortened(name + message) + " (HTTP " + e.statusCode() + request + ")", purpose);
    }

    /** Refused, throttled or misspelt was the asking for a role's session: nothing of it is about the records. */
    private static Row ofSession(Row row, String code) {
        return switch (row.verdict) {
            case THROTTLED, UNAVAILABLE -> UNAVAILABLE;
            case REFUSED -> ASSUME_ROLE;
            case OPERATOR -> withoutSuffix(code).equals("AccessDenied") ? ASSUME_ROLE : row;
        };
    }

    private static PutOutcome outcome(Row row, String reason, Purpose purpose) {
        return switch (row.verdict) {
            case THROTTLED -> new PutOutcome.Throttled(reason);
            case UNAVAILABLE -> new PutOutcome.Unavailable(reason);
            case REFUSED -> new PutOutcome.Refused(reason);
            case OPERATOR -> new PutOutcome.NeedsOperator(reason, row.advice.apply(purpose));
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
        boolean itsOwnWords = deepest instanceof SdkException && deepest.getClass() == SdkClientException.class;
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
