package logstream.deploy.stacks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What failed first, and what a status means. */
class FirstCauseTest {
    private static StackEvent event(String resource, String status, String reason) {
        boolean ofStack = resource.equals("logs");
        String type = ofStack ? "AWS::CloudFormation::Stack" : "AWS::SNS::Topic";
        return new StackEvent(resource + status, Instant.EPOCH, resource, type, status, reason, ofStack);
    }

    @Test
    void cancelledResourcesAreNoCause() {
        Optional<StackEvent> cause = FirstCause.among(List.of(
                event("logs", "CREATE_IN_PROGRESS", "User Initiated"),
                event("One", "CREATE_FAILED", "Resource creation cancelled"),
                event("Two", "CREATE_FAILED", "Resource creation Cancelled."),
                event("Three", "CREATE_FAILED", "no"),
                event("Four", "CREATE_FAILED", "later"),
                event("logs", "ROLLBACK_IN_PROGRESS", "The following resource(s) failed to create: [Three].")));

        assertThat(cause.map(StackEvent::logicalId)).contains("Three");
    }

    @Test
    void whatFailsInTheRollbackIsNoCause() {
        Optional<StackEvent> cause = FirstCause.among(List.of(
                event("One", "UPDATE_FAILED", "no"),
                event("logs", "UPDATE_ROLLBACK_IN_PROGRESS", "failed to update: [One]."),
                event("Two", "UPDATE_FAILED", "neither back"),
                event("logs", "UPDATE_ROLLBACK_FAILED", "failed to update: [Two].")));

        assertThat(cause.map(StackEvent::reason)).contains("no");
    }

    @Test
    void withoutAResourceTheStackItselfIsTheCause() {
        Optional<StackEvent> cause = FirstCause.among(List.of(
                event("logs", "UPDATE_IN_PROGRESS", "User Initiated"),
                event("logs", "UPDATE_ROLLBACK_IN_PROGRESS", "Export a cannot be updated as it is in use by b")));

        assertThat(cause.map(StackEvent::reason)).contains("Export a cannot be updated as it is in use by b");
    }

    @Test
    void whereNothingFailedThereIsNoCause() {
        assertThat(FirstCause.among(List.of(event("logs", "CREATE_COMPLETE", ""))))
                .isEmpty();
        assertThat(FirstCause.among(List.of())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "CREATE_IN_PROGRESS, RUNNING",
        "CREATE_COMPLETE, DONE",
        "CREATE_FAILED, FAILED",
        "ROLLBACK_IN_PROGRESS, RUNNING",
        "ROLLBACK_COMPLETE, FAILED",
        "ROLLBACK_FAILED, FAILED",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS, RUNNING",
        "UPDATE_COMPLETE, DONE",
        "UPDATE_FAILED, FAILED",
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS, RUNNING",
        "UPDATE_ROLLBACK_COMPLETE, FAILED",
        "UPDATE_ROLLBACK_FAILED, FAILED",
        "DELETE_COMPLETE, GONE",
        "DELETE_FAILED, FAILED",
        "REVIEW_IN_PROGRESS, FAILED",
        "IMPORT_COMPLETE, DONE",
        "IMPORT_ROLLBACK_COMPLETE, FAILED"
    })
    void everyStatusHasItsPhase(String status, StackPhase phase) {
        assertThat(StackPhase.of(status)).isEqualTo(phase);
    }
}
