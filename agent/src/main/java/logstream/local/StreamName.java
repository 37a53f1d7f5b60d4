package logstream.local;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which stream a request means: by name, by ARN, or by both. */
final class StreamName {
    private static final String PATTERN = "[a-zA-Z0-9_.-]+";
    private static final String ARN_PATTERN = "arn:aws[a-z-]*:kinesis:[a-z0-9-]*:\\d{12}:stream/[a-zA-Z0-9_.-]+";
    private static final int LONGEST = 128;

    private StreamName() {}

    static String arn(String name) {
        return "arn:aws:kinesis:" + Streams.REGION + ":" + Streams.ACCOUNT + ":stream/" + name;
    }

    static String of(Fields request) throws ServiceError {
        return of(request.text("StreamName"), request.text("StreamARN"));
    }

    /** The account and the region of an ARN are not looked at: there is only one of each here. */
    static String of(Optional<String> name, Optional<String> arn) throws ServiceError {
        Validation validation = new Validation();
        name.ifPresent(given -> checkName(given, validation));
        arn.ifPresent(given -> validation.pattern(given, "streamARN", ARN_PATTERN));
        validation.done();
        if (name.isEmpty() && arn.isEmpty()) {
            throw ServiceError.argument("Either StreamName or StreamARN must be given.");
        }
        String named = arn.map(given -> given.substring(given.lastIndexOf('/') + 1))
                .or(() -> name)
                .orElseThrow();
        if (name.isPresent() && !name.get().equals(named)) {
            throw ServiceError.argument("StreamName " + name.get() + " is not the stream of StreamARN.");
        }
        return named;
    }

    static void checkName(@Nullable String name, Validation validation) {
        validation.length(name, "streamName", 1, LONGEST);
        validation.pattern(name, "streamName", PATTERN);
    }
}
