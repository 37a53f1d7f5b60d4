package logstream.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Wrong files and what is said about them: {@code NAME.yml} and, beside it, {@code NAME.txt}. With the system property
 * {@code golden.write} the texts are written anew, to be read before they are committed.
 */
class WrongConfigTest {
    private static final Path FOLDER = Path.of("src/test/resources/logstream/config/wrong");

    @TempDir
    private Path copies;

    static Stream<String> files() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".yml"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void everythingWrongIsSaidAtOnce(String name) throws IOException {
        Path file = Files.copy(FOLDER.resolve(name), copies.resolve(name));
        ConfigException refused = catchThrowableOfType(ConfigException.class, () -> ConfigFile.read(file));

        assertThat(refused).isNotNull();
        String said = String.valueOf(refused.getMessage()).replace(file.toString(), name) + "\n";
        Path golden = FOLDER.resolve(name.replace(".yml", ".txt"));
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(golden, said);
        }
        assertThat(said).isEqualTo(Files.readString(golden));
    }
}
