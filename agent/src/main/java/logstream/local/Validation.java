package logstream.local;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects what is wrong with the form of a request, and tells all of it in one ValidationException, as the service does.
 *
 * <p>Threading: confined to one request.
 */
final class Validation {
    /** The service names ten at most. */
    private static final int MOST = 10;

    private final List<String> problems = new ArrayList<>();

    void check(boolean good, @Nullable Object value, String member, String constraint) {
        if (!good && problems.size() < MOST) {
            String shown = value == null ? "Value null" : "Value '" + cut(value.toString()) + "'";
            problems.add(shown + " at '" + member + "' failed to satisfy constraint: " + constraint);
        }
    }

    void present(@Nullable Object value, String member) {
        check(value != null, null, member, "Member must not be null");
    }

    void pattern(@Nullable String value, String member, String pattern) {
        check(
                value == null || value.matches(pattern),
                value,
                member,
                "Member must satisfy regular expression pattern: " + pattern);
    }

    void length(@Nullable String value, String member, int least, int most) {
        if (value != null) {
            int length = value.codePointCount(0, value.length());
            check(length >= least, value, member, "Member must have length greater than or equal to " + least);
            check(length <= most, value, member, "Member must have length less than or equal to " + most);
        }
    }

    void range(long value, String member, long least, long most) {
        check(value >= least, value, member, "Member must have value greater than or equal to " + least);
        check(value <= most, value, member, "Member must have value less than or equal to " + most);
    }

    void done() throws ServiceError {
        if (!problems.isEmpty()) {
            throw ServiceError.of(
                    "ValidationException",
                    problems.size() + (problems.size() == 1 ? " validation error" : " validation errors")
                            + " detected: " + String.join("; ", problems));
        }
    }

    private static String cut(String value) {
        return value.length() <= 300 ? value : value.substring(0, 300) + "...";
    }
}
