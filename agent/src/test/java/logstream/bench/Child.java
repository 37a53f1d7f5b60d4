package logstream.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program of the benchmark in a process of its own, told what to do line by line. It ends with this process.
 *
 * <p>Threading: one thread; {@link #close} from any.
 */
final class Child implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final Process process;
    private final BufferedWriter in;
    private final BufferedReader out;

    private Child(String name, Process process) {
        this.name = name;
        this.process = process;
        this.in = process.outputWriter(StandardCharsets.UTF_8);
        this.out = process.inputReader(StandardCharsets.UTF_8);
    }

    static Child start(Class<?> program, String... options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-Dmsgpack.universal-buffer=true",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return new Child(program.getSimpleName(), process);
    }

    /** Tells it a word. */
    void tell(String command) throws IOException {
        try {
            in.write(command);
            in.newLine();
            in.flush();
        } catch (IOException e) {
            throw new IOException(name + " has ended", e);
        }
    }

    void tellJson(Object value) throws IOException {
        tell(JSON.writeValueAsString(value));
    }

    /** Waits for its next line. */
    <T> T answer(Class<T> type) throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new IOException(name + " has ended");
        }
        return JSON.readValue(line, type);
    }

    <T> T ask(String command, Class<T> type) throws IOException {
        tell(command);
        return answer(type);
    }

    ProcessFigures figures() throws IOException {
        return ProcessFigures.of(process.pid());
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
