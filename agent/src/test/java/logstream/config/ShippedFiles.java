package logstream.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files of {@code agent/conf}. With {@code -Dgolden.write=true} they are written anew. */
final class ShippedFiles {
    static final Path FOLDER = Path.of("conf");

    private ShippedFiles() {}

    static void check(String name, String made) throws IOException {
        Path file = FOLDER.resolve(name);
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(file, made);
        }
        assertThat(Files.readString(file)).isEqualTo(made);
    }
}
