package logstream.kinesis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Refuses everything at a time of its own, which {@link RawServer} cannot say. */
final class DatedServer implements AutoCloseable {
    final List<String> dates = Collections.synchronizedList(new ArrayList<>());
    private final ServerSocket server;
    private final String head;
    private final byte[] body;

    DatedServer(Instant time, byte[] body) throws IOException {
        this.body = body;
        head = "HTTP/1.1 400 Bad Request\r\nContent-Length: " + body.length + "\r\nConnection: close\r\nDate: "
                + DateTimeFormatter.RFC_1123_DATE_TIME.format(time.atOffset(ZoneOffset.UTC)) + "\r\n\r\n";
        server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::serve);
    }

    private void serve() {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                // A request of one record comes in one piece, or in two.
                String request = "";
                while (!request.contains("StreamName")) {
                    byte[] part = new byte[8192];
                    int read = socket.getInputStream().read(part);
                    if (read < 0) {
                        break;
                    }
                    request += new String(part, 0, read, ISO_8859_1);
                }
                request.lines()
                        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("x-amz-date: "))
                        .forEach(line -> dates.add(line.substring("x-amz-date: ".length())));
                socket.getOutputStream().write(head.getBytes(ISO_8859_1));
                socket.getOutputStream().write(body);
            } catch (IOException e) {
                // The client went, or the test is over.
            }
        }
    }

    KinesisConfig config() {
        URI endpoint = URI.create("http://127.0.0.1:" + server.getLocalPort());
        return CannedKinesis.at(endpoint, Duration.ofSeconds(10));
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
