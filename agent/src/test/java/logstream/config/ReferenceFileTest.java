package logstream.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferenceFileTest {
    @TempDir
    private Path folder;

    @Test
    void theShippedFileIsTheOneOfTheSettings() throws Exception {
        ShippedFiles.check("logstream.yaml", ReferenceFile.yaml());
    }

    @Test
    void itsFirstLineNamesTheSchemaBesideIt() throws Exception {
        String first = ReferenceFile.yaml().lines().findFirst().orElseThrow();

        assertThat(first).startsWith("# yaml-language-server: $schema=./");
        assertThat(ShippedFiles.FOLDER.resolve(first.replaceFirst(".*=", ""))).isRegularFile();
        assertThat(SchemaCheck.problems(ReferenceFile.yaml())).isEmpty();
    }

    @Test
    void itHasEverySettingOnceAndFitsAScreen() {
        List<String> lines = ReferenceFile.yaml().lines().toList();
        for (Setting<?> setting : Settings.ALL) {
            String indent = "  ".repeat(setting.key().split("\\.", -1).length - 1);
            assertThat(lines.stream().filter(line -> line.matches(indent + "#?" + setting.name() + ":.*")))
                    .as(setting.key())
                    .isNotEmpty();
        }
        assertThat(lines).allMatch(line -> line.length() <= 120);
    }

    @Test
    void whatIsCommentedOutIsTheDefault() throws Exception {
        String reference = ReferenceFile.yaml();
        String allGiven = reference
                .lines()
                .map(line -> line.matches(" *#[a-z_]+: .*") ? line.replaceFirst("#", "") : line)
                // It does nothing without a role.
                .filter(line -> !line.strip().startsWith("session_name:"))
                .collect(Collectors.joining("\n"));
        LoadedConfig asShipped = load(reference);
        LoadedConfig given = load(allGiven);

        assertThat(given.config()).isEqualTo(asShipped.config());
        assertThat(given.changesTo(asShipped)).isEmpty();
        assertThat(asShipped.effective())
                .filteredOn(one -> !one.origin().isDefault())
                .hasSize(1);
        assertThat(given.effective())
                .filteredOn(one -> !one.origin().isDefault())
                .hasSizeGreaterThan(40);
    }

    private LoadedConfig load(String yaml) throws Exception {
        return ConfigFile.load(Files.writeString(folder.resolve("logstream.yaml"), yaml));
    }
}
