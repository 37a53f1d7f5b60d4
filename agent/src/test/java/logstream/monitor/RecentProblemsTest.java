package logstream.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class RecentProblemsTest {
    private static final Logger OURS = LoggerFactory.getLogger("logstream.monitor.Test");

    @Test
    void warningsAndErrorsOfTheAgentAreKeptOnceWithHowOftenTheyCame() {
        // Other tests are told less.
        ((ch.qos.logback.classic.Logger) OURS).setLevel(Level.INFO);
        try (RecentProblems problems = new RecentProblems()) {
            problems.start();
            OURS.info("nothing");
            OURS.warn("disk {} is slow", "a");
            OURS.error("a bug");
            OURS.warn("disk {} is slow", "b");
            LoggerFactory.getLogger("other.Library").error("not ours");

            assertThat(problems.newest())
                    .extracting(RecentProblems.Problem::text)
                    .containsExactly("disk b is slow", "a bug");
            assertThat(problems.newest())
                    .extracting(RecentProblems.Problem::level)
                    .containsExactly("warn", "error");
            assertThat(problems.newest().getFirst().times()).isEqualTo(2);
            assertThat(problems.newest().getFirst().from()).isEqualTo("Test");
        }
        assertThat(((ch.qos.logback.classic.Logger) LoggerFactory.getLogger("logstream")).iteratorForAppenders())
                .isExhausted();
    }

    @Test
    void manyKindsAndLongTextsAreBounded() {
        try (RecentProblems problems = new RecentProblems()) {
            for (int kind = 0; kind < 1_000; kind++) {
                problems.add("warn", "A", "form " + kind, "x".repeat(100_000), Instant.EPOCH);
            }
            assertThat(problems.newest()).hasSize(RecentProblems.MOST);
            assertThat(problems.newest().getFirst().form()).isEqualTo("form 999");
            assertThat(problems.newest())
                    .allSatisfy(problem -> assertThat(problem.text()).hasSizeLessThan(RecentProblems.MOST_TEXT + 10));
        }
    }
}
