package logstream.bench.sink;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * Requests and answers of one HTTP/1.1 connection: bodies with a Content-Length, kept alive, one after the other. The
 * bytes of a request are valid until the next is read.
 *
 * <p>Threading: confined to the thread of its connection.
 */
final class HttpStream {
    private static final int MOST_HEAD = 32 << 10;
    /** Kinesis takes 10 MiB; base64 makes a third more of it, keys and quotes the rest. */
    private static final int MOST_BODY = 20 << 20;

    private final InputStream in;
    private final OutputStream out;
    private byte[] bytes = new byte[1 << 20];
    private int start;
    private int end;

    /**
     * One request.
     *
     * @param target the operation that X-Amz-Target asks for, without the name of the service
     * @param body begins with its first byte
     * @param length of the body
     */
    record Request(String target, String contentType, byte[] body, int length) {}

    HttpStream(InputStream in, OutputStream out) {
        this.in = in;
        this.out = out;
    }

    /**
     * Waits for the next request.
     *
     * @return false at the end of the connection
     */
    boolean awaitRequest() throws IOException {
        start = 0;
        end = 0;
        return fill();
    }

    /**
     * Reads the request whose first bytes are there.
     *
     * @throws ProtocolException when what comes is no request this server knows
     */
    Request read() throws IOException {
        int headEnd = headEnd(0);
        while (headEnd < 0) {
            int from = Math.max(0, end - 3);
            if (end > MOST_HEAD || !fill()) {
                throw new ProtocolException("no request within " + end + " bytes");
            }
            headEnd = headEnd(from);
        }
        String target = "";
        String contentType = "";
        int length = -1;
        for (String line : new String(bytes, 0, headEnd, StandardCharsets.ISO_8859_1).split("\r\n", -1)) {
            int colon = line.indexOf(':');
            String value = line.substring(colon + 1).trim();
            switch (line.substring(0, Math.max(0, colon)).toLowerCase(Locale.ROOT)) {
                case "x-amz-target" -> target = value.substring(value.indexOf('.') + 1);
                case "content-type" -> contentType = value;
                case "content-length" -> length = Integer.parseInt(value);
                default -> {}
            }
        }
        if (length < 0 || length > MOST_BODY) {
            throw new ProtocolException("a request whose body is " + length + " bytes, -1 for no Content-Length");
        }
        start = headEnd;
        readBody(length);
        return new Request(target, contentType, bytes, length);
    }

    /** Puts the body at the front of the bytes. */
    private void readBody(int length) throws IOException {
        byte[] from = bytes;
        if (length > bytes.length) {
            bytes = new byte[length];
        }
        System.arraycopy(from, start, bytes, 0, end - start);
        end -= start;
        while (end < length) {
            if (!fill()) {
                throw new IOException("the connection ended within a body");
            }
        }
        if (end > length) {
            throw new ProtocolException("a second request before the answer to the first");
        }
    }

    private boolean fill() throws IOException {
        if (end == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * end);
        }
        int count = in.read(bytes, end, bytes.length - end);
        end += Math.max(0, count);
        return count > 0;
    }

    /** Behind the empty line; -1 if it is not there. */
    private int headEnd(int from) {
        for (int at = from; at + 3 < end; at++) {
            if (bytes[at] == '\r' && bytes[at + 1] == '\n' && bytes[at + 2] == '\r' && bytes[at + 3] == '\n') {
                return at + 4;
            }
        }
        return -1;
    }

    void answer(int status, String contentType, long request, byte[] body) throws IOException {
        byte[] head = """
                HTTP/1.1 %d %s\r
                x-amzn-RequestId: 00000000-0000-4000-8000-%012d\r
                Content-Type: %s\r
                Content-Length: %d\r
                \r
                """.formatted(status, status == 200 ? "OK" : "Error", request, contentType, body.length)
                .getBytes(StandardCharsets.US_ASCII);
        byte[] both = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, both, head.length, body.length);
        out.write(both);
        out.flush();
    }
}
