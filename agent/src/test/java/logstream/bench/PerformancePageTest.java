package logstream.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The documentation tells of the scenarios and columns that there are. With {@code -Dgolden.write=true} it is made so. */
class PerformancePageTest {
    private static final Path PAGE = Path.of("docs", PerformancePage.FILE);

    @Test
    void thePageHasEveryScenarioAndColumn() throws IOException {
        String page = Files.readString(PAGE);
        String right = PerformancePage.replaced(
                PerformancePage.replaced(page, "scenarios", PerformancePage.scenarios()),
                "columns",
                PerformancePage.columns());
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(PAGE, right);
            return;
        }
        assertThat(page).isEqualTo(right);
    }

    @Test
    void aPageWithoutAPlaceIsAnError() {
        assertThatThrownBy(() -> PerformancePage.replaced("no marks", "columns", ""))
                .hasMessageContaining("<!-- columns -->");
    }

    @Test
    void everyScenarioHasANameOfItsOwn() {
        List<String> names = Scenarios.all().stream().map(Scenario::name).toList();
        Set<String> distinct = new HashSet<>(names);
        assertThat(distinct).hasSameSizeAs(names);
    }
}
