package logstream.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Jazzer, which is guided by what the code does with an input, makes up bytes for the fuzzers, beginning with what real
 * senders wrote and with the inputs in {@link #CORPUS}. Each run is a process of its own.
 *
 * <p>An input that it finds is printed: keep it in that folder as {@code NAME.hex}, the bytes in hexadecimal.
 */
class FuzzTest {
    private static final Path CORPUS = Path.of("src/test/resources/logstream/forward/fuzz");

    /** Cuts the captures at every eighth byte. */
    private static final byte CUT = 7;

    /** Of a long run, with its start and its end. */
    private static final Duration LONGEST = Duration.ofMinutes(20);

    @TempDir
    private Path folder;

    static List<String> captures() throws IOException {
        return Capture.names();
    }

    static List<Path> corpus() throws IOException {
        try (Stream<Path> files = Files.list(CORPUS)) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("captures")
    void whatRealSendersWroteIsNoFault(String name) throws IOException {
        ConnectionFuzzer.fuzzerTestOneInput(input(name));
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void whatIsInTheCorpusIsNoFault(Path file) throws IOException {
        byte[] input = bytes(file);
        ConnectionFuzzer.fuzzerTestOneInput(input);
        DecoderFuzzer.fuzzerTestOneInput(input);
    }

    @ParameterizedTest
    @ValueSource(classes = {ConnectionFuzzer.class, DecoderFuzzer.class})
    void aShortRunFindsNothing(Class<?> fuzzer) throws Exception {
        // By runs and not by time: on a busy machine seconds are not enough for the corpus.
        run(fuzzer, "-runs=10000");
    }

    @Tag("proof")
    @ParameterizedTest
    @ValueSource(classes = {ConnectionFuzzer.class, DecoderFuzzer.class})
    void aLongRunFindsNothing(Class<?> fuzzer) throws Exception {
        run(fuzzer, "-max_total_time=600");
    }

    private void run(Class<?> fuzzer, String bound) throws Exception {
        Path corpus = Files.createDirectory(folder.resolve("corpus"));
        for (String name : Capture.names()) {
            Files.write(corpus.resolve(name), input(name));
        }
        for (Path file : corpus()) {
            Files.write(corpus.resolve(file.getFileName()), bytes(file));
        }
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        Path log = folder.resolve("log");
        Process jazzer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        classPath,
                        "com.code_intelligence.jazzer.Jazzer",
                        "--target_class=" + fuzzer.getName(),
                        "--instrumentation_includes=logstream.forward.**",
                        // What else it would look for, such as injections into name services, is not ours.
                        "--disabled_hooks=*",
                        bound,
                        "-max_len=4096",
                        corpus.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(jazzer.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS))
                    .as("Jazzer ends")
                    .isTrue();
        } finally {
            jazzer.destroyForcibly();
        }
        List<String> said = Files.readAllLines(log);
        String end = String.join("\n", said.subList(Math.max(0, said.size() - 60), said.size()));
        assertThat(jazzer.exitValue()).as(end).isZero();
        assertThat(end).contains("Done ");
        assertThat(said).as("inputs that led somewhere new").anyMatch(line -> line.contains("NEW"));
    }

    private static byte[] bytes(Path file) throws IOException {
        return HexFormat.of().parseHex(Files.readString(file).replaceAll("\\s", ""));
    }

    private static byte[] input(String capture) throws IOException {
        byte[] wire = Capture.read(capture).bytes();
        byte[] input = new byte[wire.length + 1];
        Arrays.fill(input, CUT);
        System.arraycopy(wire, 0, input, 1, wire.length);
        return input;
    }
}
