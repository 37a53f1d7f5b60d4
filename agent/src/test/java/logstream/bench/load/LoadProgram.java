package logstream.bench.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * The generator as a program. Its input is a {@link LoadPlan} and then an {@link Amount} per line, in JSON; each is
 * answered by a line when it is done: the plan by the {@link System#nanoTime} at which the agent listened, an amount by a
 * {@link LoadReport}. The agent need not listen yet. It ends with its input.
 */
public final class LoadProgram {
    private LoadProgram() {}

    public static void main(String[] args) throws IOException {
        ObjectMapper json = new ObjectMapper();
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            String line = in.readLine();
            if (line == null) {
                return;
            }
            LoadLoop loop = new LoadLoop(json.readValue(line, LoadPlan.class));
            System.out.println(json.writeValueAsString(loop.listeningNanos()));
            for (line = in.readLine(); line != null; line = in.readLine()) {
                LoadReport report = loop.send(json.readValue(line, Amount.class));
                System.out.println(json.writeValueAsString(report));
            }
        }
    }
}
