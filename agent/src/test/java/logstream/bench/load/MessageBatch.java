package logstream.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePacker;

/**
 * Messages of one connection, encoded once and then only stamped: what costs nothing per event but some digits.
 *
 * <p>One event in a message: Message mode in the shape of Docker's driver, {@code [tag, time, {container_id,
 * container_name, source, log}, {}]}, seconds as int32. More: PackedForward, {@code [tag, bin, {size, chunk}]}.
 *
 * <p>Threading: confined to the generator's thread.
 */
final class MessageBatch {
    private static final String FILLER =
            " 10.1.2.3 GET /index.html \"Mozilla/5.0 (X11; Linux x86_64)\" 200 5316 0.013 from cache";
    private static final String TOKEN_END = "Zm9vYmFyYg==";
    private static final int TOKEN_BYTES = 24;

    private final int connection;
    private final int eventsInMessage;
    private final ByteBuffer bytes;
    /** Where the stamp of each event begins, and its int32 of seconds; where each message ends. */
    private final int[] stamps;

    private final int[] times;
    private final int[] ends;
    /** Where the ack token begins; only in a batch of one message, -1 without acks. */
    private final int token;

    private MessageBatch(int connection, int eventsInMessage, Builder built) {
        this.connection = connection;
        this.eventsInMessage = eventsInMessage;
        this.stamps = built.stamps;
        this.times = built.times;
        this.ends = built.ends;
        this.token = built.token;
        byte[] encoded = built.packer.toByteArray();
        this.bytes = ByteBuffer.allocateDirect(encoded.length).put(encoded).flip();
    }

    /** @param mostBytes of the whole; there is at least one message, and with acks exactly one */
    static MessageBatch of(LoadPlan plan, int connection, int mostBytes) {
        Builder one = new Builder(plan, connection, 1);
        long size = one.packer.getTotalWrittenBytes();
        int messages = plan.acks() ? 1 : (int) Math.max(1, mostBytes / size);
        return new MessageBatch(
                connection, plan.events(), messages == 1 ? one : new Builder(plan, connection, messages));
    }

    int messages() {
        return ends.length;
    }

    /**
     * Stamps the first messages and gives their bytes, to be written from position to limit; the same buffer each time.
     *
     * @param messages 1 to {@link #messages}
     * @param firstSequence of the first event
     * @param nanoTime the time of writing
     */
    ByteBuffer stamped(int messages, int firstSequence, long nanoTime, int epochSeconds) {
        int micros = LineStamp.micros(nanoTime);
        int events = messages * eventsInMessage;
        bytes.clear();
        for (int event = 0; event < events; event++) {
            LineStamp.write(bytes, stamps[event], connection, firstSequence + event, micros);
            bytes.putInt(times[event], epochSeconds);
        }
        if (token >= 0) {
            LineStamp.write(bytes, token, connection, firstSequence, 0);
            bytes.put(token + 12, TOKEN_END.getBytes(StandardCharsets.US_ASCII));
        }
        return bytes.limit(ends[messages - 1]);
    }

    /** The answer that the last stamped message must get: the map {@code {"ack": token}}. */
    byte[] expectedAck() {
        byte[] ack = new byte[6 + TOKEN_BYTES];
        byte[] head = {(byte) 0x81, (byte) 0xa3, 'a', 'c', 'k', (byte) (0xa0 | TOKEN_BYTES)};
        System.arraycopy(head, 0, ack, 0, head.length);
        bytes.get(token, ack, head.length, TOKEN_BYTES);
        return ack;
    }

    /** Writes the messages and notes where they are to be stamped. */
    private static final class Builder {
        private final LoadPlan plan;
        private final String name;
        private final byte[] line;
        private final MessageBufferPacker packer = MessagePack.newDefaultBufferPacker();
        private final int[] stamps;
        private final int[] times;
        private final int[] ends;
        private int token = -1;
        private int events;

        Builder(LoadPlan plan, int connection, int messages) {
            this.plan = plan;
            this.name = "bench-%05d".formatted(connection);
            this.line = line(plan.lineBytes());
            this.stamps = new int[messages * plan.events()];
            this.times = new int[messages * plan.events()];
            this.ends = new int[messages];
            try {
                for (int message = 0; message < messages; message++) {
                    if (plan.events() == 1) {
                        packMessage();
                    } else {
                        packPackedForward();
                    }
                    ends[message] = (int) packer.getTotalWrittenBytes();
                }
            } catch (IOException e) {
                throw new UncheckedIOException("writing to memory failed", e);
            }
        }

        private void packMessage() throws IOException {
            packer.packArrayHeader(4).packString(tag());
            packEvent(packer);
            if (plan.acks()) {
                packer.packMapHeader(1);
                packToken();
            } else {
                packer.packMapHeader(0);
            }
        }

        private void packPackedForward() throws IOException {
            MessageBufferPacker entries = MessagePack.newDefaultBufferPacker();
            int first = events;
            for (int event = 0; event < plan.events(); event++) {
                entries.packArrayHeader(2);
                packEvent(entries);
            }
            byte[] packed = entries.toByteArray();
            packer.packArrayHeader(3).packString(tag()).packBinaryHeader(packed.length);
            int base = (int) packer.getTotalWrittenBytes();
            for (int event = first; event < events; event++) {
                stamps[event] += base;
                times[event] += base;
            }
            packer.writePayload(packed);
            packer.packMapHeader(plan.acks() ? 2 : 1).packString("size").packInt(plan.events());
            if (plan.acks()) {
                packToken();
            }
        }

        private void packToken() throws IOException {
            packer.packString("chunk").packRawStringHeader(TOKEN_BYTES);
            token = (int) packer.getTotalWrittenBytes();
            packer.writePayload(new byte[TOKEN_BYTES]);
        }

        private void packEvent(MessagePacker out) throws IOException {
            times[events] = (int) out.getTotalWrittenBytes() + 1;
            out.packLong(Integer.MIN_VALUE); // five bytes, as Docker's int32
            out.packMapHeader(4);
            out.packString("container_id").packString("%064x".formatted(name.hashCode()));
            out.packString("container_name").packString("/" + name);
            out.packString("source").packString("stdout");
            out.packString("log").packRawStringHeader(line.length);
            stamps[events] = (int) out.getTotalWrittenBytes();
            out.writePayload(line);
            events++;
        }

        private String tag() {
            return String.format(Locale.ROOT, "grid.devel/www-data/%s:devel/www-data/%s", name, name);
        }

        private static byte[] line(int length) {
            byte[] line = new byte[length];
            byte[] filler = FILLER.getBytes(StandardCharsets.US_ASCII);
            Arrays.fill(line, 0, LineStamp.LENGTH, (byte) '0');
            for (int at = LineStamp.LENGTH; at < length; at++) {
                line[at] = filler[(at - LineStamp.LENGTH) % filler.length];
            }
            return line;
        }
    }
}
