package logstream.bench.sink;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;
import logstream.bench.load.LineStamp;
import logstream.pipeline.RecordKey;

/**
 * Sends PutRecords requests that are encoded once and only get other keys and sequence numbers: what the sink can do by
 * itself. Its input is a {@link PutPlan} in a line of JSON; it prints how many nanoseconds it took, and ends.
 */
public final class PutProgram {
    private static final int RECORDS = 500;

    private PutProgram() {}

    public static void main(String[] args) throws IOException, InterruptedException, ExecutionException {
        PutPlan plan;
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            plan = new ObjectMapper().readValue(in.readLine(), PutPlan.class);
        }
        long start = System.nanoTime();
        try (ExecutorService threads = Executors.newFixedThreadPool(plan.connections())) {
            List<Future<?>> senders = new ArrayList<>();
            for (int connection = 0; connection < plan.connections(); connection++) {
                int number = connection;
                senders.add(threads.submit(() -> {
                    send(plan, number);
                    return true;
                }));
            }
            for (Future<?> sender : senders) {
                sender.get();
            }
        }
        System.out.println(System.nanoTime() - start);
    }

    private static void send(PutPlan plan, int connection) throws IOException {
        SocketFactory sockets = plan.tls() ? SSLSocketFactory.getDefault() : SocketFactory.getDefault();
        try (Socket socket = sockets.createSocket("localhost", plan.port())) {
            socket.setTcpNoDelay(true);
            Request request = new Request(plan.lineBytes());
            byte[] answer = new byte[256 << 10];
            InputStream in = socket.getInputStream();
            for (int number = 0; number < plan.requests(); number++) {
                socket.getOutputStream().write(request.numbered(connection, number));
                awaitAnswer(in, answer);
            }
        }
    }

    /** The sink writes each answer as a whole, head and CBOR body, which ends with two breaks. */
    private static void awaitAnswer(InputStream in, byte[] answer) throws IOException {
        int length = 0;
        while (length < 2 || answer[length - 1] != -1 || answer[length - 2] != -1) {
            int count = in.read(answer, length, answer.length - length);
            if (count < 0) {
                throw new IOException("the sink closed the connection");
            }
            length += count;
        }
    }

    private static final class Request {
        private final ByteBuffer bytes;
        private final int[] stamps = new int[RECORDS];
        private final int[] keys = new int[RECORDS];

        Request(int lineBytes) {
            String data = "{\"container_id\":\"" + "0".repeat(64)
                    + "\",\"container_name\":\"/bench-00000\",\"source\":\"stdout\",\"log\":\"" + "x".repeat(lineBytes)
                    + "\",\"time\":\"2026-01-31T13:39:27Z\",\"tag\":\"grid.devel/www-data/bench:devel/www-data/bench\"}";
            int stampInData = data.indexOf("xxx");
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            text(body, 0xbf, "StreamName");
            text(body, -1, "bench");
            text(body, -1, "Records");
            body.write(0x9f);
            int[] inBody = new int[RECORDS];
            for (int record = 0; record < RECORDS; record++) {
                text(body, 0xbf, "Data");
                body.writeBytes(ByteBuffer.allocate(5)
                        .put((byte) 0x5a)
                        .putInt(data.length())
                        .array());
                inBody[record] = body.size() + stampInData;
                body.writeBytes(data.getBytes(StandardCharsets.US_ASCII));
                text(body, -1, "PartitionKey");
                body.write(0x78);
                body.write(36);
                keys[record] = body.size();
                body.writeBytes(new byte[36]);
                body.write(0xff);
            }
            body.write(0xff);
            body.write(0xff);
            byte[] head = ("POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: Kinesis_20131202.PutRecords\r\n"
                            + "Content-Type: application/x-amz-cbor-1.1\r\nContent-Length: " + body.size() + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII);
            bytes = ByteBuffer.allocate(head.length + body.size());
            bytes.put(head).put(body.toByteArray());
            for (int record = 0; record < RECORDS; record++) {
                stamps[record] = head.length + inBody[record];
                keys[record] += head.length;
            }
        }

        private static void text(ByteArrayOutputStream out, int before, String text) {
            if (before >= 0) {
                out.write(before);
            }
            out.write(0x60 | text.length());
            out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        }

        /** One chunk of the buffer for each connection. */
        byte[] numbered(int connection, int request) {
            int micros = LineStamp.micros(System.nanoTime());
            for (int record = 0; record < RECORDS; record++) {
                int sequence = request * RECORDS + record;
                LineStamp.write(bytes, stamps[record], connection, sequence, micros);
                byte[] key = RecordKey.of(1, connection + 1L, sequence).getBytes(StandardCharsets.US_ASCII);
                bytes.put(keys[record], key);
            }
            return bytes.array();
        }
    }
}
