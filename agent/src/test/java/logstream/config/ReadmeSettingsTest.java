package logstream.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The README's table of settings is the one that the code is made from; {@code golden.write} writes it anew. */
class ReadmeSettingsTest {
    private static final String BEGIN = "<!-- settings -->\n";
    private static final String END = "<!-- /settings -->";

    @Test
    void theReadmeShowsEverySetting() throws IOException {
        Path file = root().resolve("README.md");
        String readme = Files.readString(file);
        int begin = readme.indexOf(BEGIN);
        int end = readme.indexOf(END);
        assertThat(begin).as("place of " + BEGIN).isNotNegative();
        assertThat(end).as("place of " + END).isGreaterThan(begin);
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(file, readme.substring(0, begin) + BEGIN + Settings.markdown() + readme.substring(end));
            return;
        }

        assertThat(readme.substring(begin + BEGIN.length(), end).strip())
                .as("the table between the marks; the right one is what is expected here")
                .isEqualTo(Settings.markdown().strip());
    }

    /** Tests run in the module's folder or in the repository's. */
    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(here.resolve("agent"))) {
            here = Objects.requireNonNull(here.getParent(), "no folder above this module has agent/ in it");
        }
        return here;
    }
}
