package logstream.deploy.stacks;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A stack as CloudFormation describes it.
 *
 * @param id its ARN, which stays valid when the stack is deleted
 * @param status as CloudFormation names it
 * @param reason why, or empty text
 * @param drift as it was found at the last detection: {@code IN_SYNC}, {@code DRIFTED}, {@code NOT_CHECKED}, ...
 * @param changed the last update, else the launch
 */
public record StackState(
        String id,
        String name,
        String status,
        String reason,
        Map<String, String> parameters,
        Map<String, String> outputs,
        Map<String, String> tags,
        Instant changed,
        String drift,
        Optional<Instant> driftChecked) {
    /** The tag that says which template a stack was launched from. */
    public static final String TEMPLATE_TAG = "logstream:template";

    /** Which of our templates it was launched from, if from any. */
    public Optional<String> template() {
        return Optional.ofNullable(tags.get(TEMPLATE_TAG));
    }

    public StackPhase phase() {
        return StackPhase.of(status);
    }
}
