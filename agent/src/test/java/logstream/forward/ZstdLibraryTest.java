package logstream.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** zstd is a native library, which is unpacked into a folder when it is first wanted. */
class ZstdLibraryTest {
    @TempDir
    Path folder;

    private static List<String> probe(Path unpackInto) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-DZstdTempFolder=" + unpackInto,
                        "-Dlogback.configurationFile=logstream/forward/warnings.xml",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ZstdProbe.class.getName())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader out = process.inputReader()) {
            List<String> lines = out.lines().toList();
            assertThat(process.waitFor()).isZero();
            return lines;
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void isLoadedWhereItCanBeUnpacked() throws Exception {
        assertThat(probe(folder)).containsExactly(" ack gzip ack zstd", " ack gzip ack zstd");
    }

    @Test
    void isRefusedWithAnAdviceWhereItCannot() throws Exception {
        List<String> lines = probe(folder.resolve("missing"));
        assertThat(lines).filteredOn(line -> line.startsWith(" ack")).containsExactly(" ack gzip", " ack gzip");
        assertThat(lines)
                .filteredOn(line -> line.contains("unsupported_compression"))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line)
                        .contains("connection=closed", "Cannot unpack libzstd-jni", "-DZstdTempFolder=", "gzip"));
        assertThat(lines).hasSize(4);
    }
}
