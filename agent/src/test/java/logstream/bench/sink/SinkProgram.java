package logstream.bench.sink;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * The sink as a program. Its input is a {@link SinkPlan} in JSON and then a command per line; each line is answered by one
 * in JSON. The plan's answer is the port. It ends with its input.
 *
 * <p>Commands: {@code report} (a {@link SinkReport}), {@code order} (the same with the order looked at), {@code mark}
 * (latencies are counted anew), {@code away} (an outage begins), {@code back} (it ends); these answer the present
 * {@link System#nanoTime}.
 */
public final class SinkProgram {
    private SinkProgram() {}

    public static void main(String[] args) throws IOException, GeneralSecurityException {
        ObjectMapper json = new ObjectMapper();
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            String line = in.readLine();
            if (line == null) {
                return;
            }
            SinkPlan plan = json.readValue(line, SinkPlan.class);
            Tally tally = new Tally();
            SinkServer server = new SinkServer(sockets(plan), plan.faults(), tally);
            System.out.println(json.writeValueAsString(server.port()));
            for (line = in.readLine(); line != null; line = in.readLine()) {
                System.out.println(json.writeValueAsString(obey(line, server, tally)));
            }
        }
    }

    private static Object obey(String command, SinkServer server, Tally tally) throws IOException {
        switch (command) {
            case "report" -> {
                return tally.report(server.requests(), false);
            }
            case "order" -> {
                return tally.report(server.requests(), true);
            }
            case "mark" -> tally.mark();
            case "away" -> server.beginOutage();
            case "back" -> server.endOutage();
            default -> throw new IllegalArgumentException("no command of the sink: " + command);
        }
        return System.nanoTime();
    }

    private static ServerSocketFactory sockets(SinkPlan plan) throws IOException, GeneralSecurityException {
        if (plan.keyStore().isEmpty()) {
            return ServerSocketFactory.getDefault();
        }
        char[] password = plan.keyStorePassword().toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(Path.of(plan.keyStore()))) {
            store.load(in, password);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, password);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context.getServerSocketFactory();
    }
}
