package logstream.local;

import java.time.Duration;

/**
 * How a {@link LocalKinesis} misbehaves. The shares are of 0 to 1 and concern PutRecord and PutRecords; the error code,
 * the delay and the hanging up concern every request of the Kinesis protocol.
 *
 * <p>Threading: immutable.
 *
 * @param throttledRecords share of records refused with ProvisionedThroughputExceededException
 * @param failedRecords share of records refused with InternalFailure
 * @param failedBefore share of requests answered with 500 InternalFailure, nothing accepted
 * @param failedAfter share of requests answered with 500 InternalFailure although their records were accepted
 * @param hungUpAfter share of requests whose records were accepted and whose connection is closed without an answer
 * @param errorCode answer to every request, such as AccessDeniedException; empty: none
 * @param delay time between a request's work and its answer
 * @param refusedText text which no record may contain: a request with one that does is refused as a whole with
 *     ValidationException; empty: none
 * @param hangUp every connection is closed without an answer, nothing accepted
 */
public record Faults(
        double throttledRecords,
        double failedRecords,
        double failedBefore,
        double failedAfter,
        double hungUpAfter,
        String errorCode,
        Duration delay,
        String refusedText,
        boolean hangUp) {

    public Faults {
        share("throttledRecords", throttledRecords);
        share("failedRecords", failedRecords);
        share("failedBefore", failedBefore);
        share("failedAfter", failedAfter);
        share("hungUpAfter", hungUpAfter);
        if (!errorCode.matches("[A-Za-z.]{0,100}")) {
            throw new IllegalArgumentException("errorCode is not a name of letters and dots");
        }
        if (refusedText.length() > 100) {
            throw new IllegalArgumentException("refusedText is longer than 100 characters");
        }
        if (delay.isNegative() || delay.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("delay " + delay + " is not between 0 and 1 hour");
        }
    }

    /** Good behaviour. */
    public static Faults none() {
        return new Faults(0, 0, 0, 0, 0, "", Duration.ZERO, "", false);
    }

    public Faults withThrottledRecords(double share) {
        return new Faults(
                share, failedRecords, failedBefore, failedAfter, hungUpAfter, errorCode, delay, refusedText, hangUp);
    }

    public Faults withFailedRecords(double share) {
        return new Faults(
                throttledRecords, share, failedBefore, failedAfter, hungUpAfter, errorCode, delay, refusedText, hangUp);
    }

    public Faults withFailedBefore(double share) {
        return new Faults(
                throttledRecords,
                failedRecords,
                share,
                failedAfter,
                hungUpAfter,
                errorCode,
                delay,
                refusedText,
                hangUp);
    }

    public Faults withFailedAfter(double share) {
        return new Faults(
                throttledRecords,
                failedRecords,
                failedBefore,
                share,
                hungUpAfter,
                errorCode,
                delay,
                refusedText,
                hangUp);
    }

    public Faults withHungUpAfter(double share) {
        return new Faults(
                throttledRecords,
                failedRecords,
                failedBefore,
                failedAfter,
                share,
                errorCode,
                delay,
                refusedText,
                hangUp);
    }

    public Faults withErrorCode(String code) {
        return new Faults(
                throttledRecords,
                failedRecords,
                failedBefore,
                failedAfter,
                hungUpAfter,
                code,
                delay,
                refusedText,
                hangUp);
    }

    public Faults withDelay(Duration wait) {
        return new Faults(
                throttledRecords,
                failedRecords,
                failedBefore,
                failedAfter,
                hungUpAfter,
                errorCode,
                wait,
                refusedText,
                hangUp);
    }

    public Faults withRefusedText(String text) {
        return new Faults(
                throttledRecords,
                failedRecords,
                failedBefore,
                failedAfter,
                hungUpAfter,
                errorCode,
                delay,
                text,
                hangUp);
    }

    public Faults withHangUp(boolean value) {
        return new Faults(
                throttledRecords,
                failedRecords,
                failedBefore,
                failedAfter,
                hungUpAfter,
                errorCode,
                delay,
                refusedText,
                value);
    }

    private static void share(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " " + value + " is not between 0 and 1");
        }
    }
}
