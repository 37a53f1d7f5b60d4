package logstream.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that say how outputs look. With {@code -Dgolden.write=true} they are written anew. */
final class Golden {
    private static final Path FOLDER = Path.of("src/test/resources/logstream/deploy/golden");

    private Golden() {}

    static void check(String name, String output) throws IOException {
        Path golden = FOLDER.resolve(name);
        if (Boolean.getBoolean("golden.write")) {
            Files.createDirectories(FOLDER);
            Files.writeString(golden, output);
        }
        assertThat(output).isEqualTo(Files.readString(golden));
    }
}
