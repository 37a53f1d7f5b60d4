package logstream.kinesis;

import logstream.metrics.Metrics.RequestFailure;

/**
 * Every way that a call can fail: what it means for the records in it, how it is counted, and what to do about it. The
 * order of the API reference's error tables.
 *
 * <p>Threading: immutable.
 */
enum CallError {
    THROTTLED(
            Verdict.THROTTLED,
            RequestFailure.THROTTLED,
            "It is tried again by itself; if this goes on, give the stream more shards."),
    KMS_THROTTLED(
            Verdict.THROTTLED,
            RequestFailure.THROTTLED,
            "It is tried again by itself; if this goes on, ask for a higher AWS KMS quota, or give the stream a key of its"
                    + " own."),
    SERVER(Verdict.UNAVAILABLE, RequestFailure.SERVER, "It is tried again by itself; if this goes on, see AWS Health."),
    NO_ANSWER(
            Verdict.UNAVAILABLE,
            RequestFailure.NO_ANSWER,
            "It is tried again by itself; if this goes on, check network, proxy and endpoint."),
    STREAM_MISSING(
            Verdict.OPERATOR,
            RequestFailure.STREAM_MISSING,
            "Create the stream, or correct its name, the region, or the account: another account's stream is reached by"
                    + " its ARN."),
    KMS_KEY(
            Verdict.OPERATOR,
            RequestFailure.KMS_KEY,
            "Enable the KMS key that encrypts the stream, or give the stream another."),
    KMS_OPT_IN(
            Verdict.OPERATOR,
            RequestFailure.KMS_KEY,
            "Subscribe the account to AWS KMS, or change the stream's encryption."),
    KMS_PERMISSION(
            Verdict.OPERATOR,
            RequestFailure.KMS_PERMISSION,
            "Allow {keyAction} on the stream's KMS key, in the identity's policy and in the key's."),
    PERMISSION(
            Verdict.OPERATOR,
            RequestFailure.PERMISSION,
            "Allow {action} on the stream to the identity that the error names."),
    CREDENTIALS(
            Verdict.OPERATOR,
            RequestFailure.CREDENTIALS,
            "Check the access key, its session token and whether it belongs to this partition and account."),
    SIGNATURE(
            Verdict.OPERATOR,
            RequestFailure.CREDENTIALS,
            "Check the secret key and the host's clock (NTP): the signature does not match."),
    EXPIRED(
            Verdict.OPERATOR,
            RequestFailure.EXPIRED,
            "Renew the credentials: the session has ended, or the token belongs to another access key."),
    CLOCK(
            Verdict.OPERATOR,
            RequestFailure.CLOCK,
            "Set the host's clock (NTP): requests are valid for a few minutes only."),
    WRONG_REGION(
            Verdict.OPERATOR,
            RequestFailure.REGION,
            "Set kinesis.region to the region of the endpoint: the request was signed for another."),
    REGION_OFF(Verdict.OPERATOR, RequestFailure.REGION, "Enable the region or the service for the account."),
    NO_REGION(
            Verdict.OPERATOR,
            RequestFailure.REGION,
            "Set kinesis.region in the configuration, or AWS_REGION in the environment."),
    NO_CREDENTIALS(
            Verdict.OPERATOR,
            RequestFailure.NO_CREDENTIALS,
            "Give the agent credentials: a role for the instance, task or pod, or AWS_ACCESS_KEY_ID and"
                    + " AWS_SECRET_ACCESS_KEY; on EC2 a container reaches the instance's role only with"
                    + " HttpPutResponseHopLimit 2 or host networking."),
    NO_METADATA(
            Verdict.OPERATOR,
            RequestFailure.NO_CREDENTIALS,
            "If this is EC2, give the instance a role and set its HttpPutResponseHopLimit to 2 (aws ec2"
                    + " modify-instance-metadata-options), or use host networking; elsewhere give the task or pod a role,"
                    + " or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."),
    ROLE(
            Verdict.OPERATOR,
            RequestFailure.ROLE,
            "Allow sts:AssumeRole on the configured role to the agent's own identity, and name that identity (and the"
                    + " external id) in the role's trust policy."),
    CERTIFICATE(
            Verdict.OPERATOR,
            RequestFailure.CERTIFICATE,
            "Check the host's clock, and if a proxy opens TLS connections, name its certificate in kinesis.ca."),
    CA_FILE(
            Verdict.OPERATOR,
            RequestFailure.CERTIFICATE,
            "Let kinesis.ca name a readable file of certificates in PEM."),
    NO_KINESIS(
            Verdict.OPERATOR,
            RequestFailure.ENDPOINT,
            "Check the endpoint: what answers there does not speak Kinesis."),
    SETTING(
            Verdict.OPERATOR,
            RequestFailure.SETTING,
            "Check stream, region, endpoint and role in the configuration, and proxy settings."),
    TOO_LARGE(
            Verdict.REFUSED,
            RequestFailure.TOO_LARGE,
            "Smaller requests are sent by themselves; if this goes on, lower kinesis.max_batch_size."),
    INVALID(Verdict.REFUSED, RequestFailure.INVALID, "{whenRefused}"),
    UNKNOWN(
            Verdict.OPERATOR,
            RequestFailure.UNKNOWN,
            "Look up the code in the Kinesis API reference, and check proxy and endpoint; the data waits.");

    /** What becomes of the records. */
    enum Verdict {
        /** No failure: all of them are sent again, more slowly. */
        THROTTLED,
        /** The request is sent again, and counts as a retry. */
        UNAVAILABLE,
        /** Never again as it is: halves are sent until the one to blame stands alone. */
        REFUSED,
        /** They wait, uncounted, until somebody has mended it. */
        OPERATOR
    }

    final Verdict verdict;
    final RequestFailure cause;
    private final String advice;

    /** @param advice with places for the members of {@link Purpose} */
    CallError(Verdict verdict, RequestFailure cause, String advice) {
        this.verdict = verdict;
        this.cause = cause;
        this.advice = advice;
    }

    /** One sentence: what to do. */
    String advice(Purpose purpose) {
        return advice.replace("{action}", purpose.action)
                .replace("{keyAction}", purpose.keyAction)
                .replace("{whenRefused}", purpose.whenRefused);
    }
}
