package logstream.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.ArrayValue;
import org.msgpack.value.MapValue;
import org.msgpack.value.Value;
import org.msgpack.value.ValueFactory;

/** What the load generator writes is what Docker's driver and fluentd would write, event for event. */
class MessageBatchTest {
    private static final int SECONDS = 1_800_000_000;
    private static final long NANOS = 5_000_000;

    @Test
    void messagesAreDockers() throws IOException {
        MessageBatch batch = MessageBatch.of(LoadPlan.docker(30), 7, 2_000);
        assertThat(batch.messages()).isGreaterThan(3);
        // Stamped once before: nothing of that stays.
        batch.stamped(batch.messages(), 90, 1, 1);

        List<Value> messages = unpack(bytes(batch.stamped(3, 40, NANOS, SECONDS)));

        assertThat(messages).hasSize(3);
        for (int number = 0; number < 3; number++) {
            ArrayValue message = messages.get(number).asArrayValue();
            assertThat(message.size()).isEqualTo(4);
            assertThat(message.get(0).asStringValue().asString()).startsWith("grid.devel/");
            assertEvent(message.get(1), message.get(2).asMapValue(), 40 + number);
            assertThat(message.get(3)).isEqualTo(ValueFactory.emptyMap());
        }
    }

    @Test
    void packedMessagesHaveTheirEventsSizeAndToken() throws IOException {
        MessageBatch batch = MessageBatch.of(LoadPlan.docker(30).packed(3), 7, 1_000_000);
        assertThat(batch.messages()).as("messages in flight with acks").isEqualTo(1);

        ArrayValue message =
                unpack(bytes(batch.stamped(1, 40, NANOS, SECONDS))).getFirst().asArrayValue();

        List<Value> events = unpack(message.get(1).asBinaryValue().asByteArray());
        assertThat(events).hasSize(3);
        for (int number = 0; number < 3; number++) {
            ArrayValue event = events.get(number).asArrayValue();
            assertEvent(event.get(0), event.get(1).asMapValue(), 40 + number);
        }
        MapValue option = message.get(2).asMapValue();
        assertThat(text(option, "size")).isEqualTo("3");
        assertThat(text(option, "chunk")).startsWith("000700000028").hasSize(24);
        assertThat(unpack(batch.expectedAck()))
                .containsExactly(ValueFactory.newMap(
                        ValueFactory.newString("ack"), ValueFactory.newString(text(option, "chunk"))));
    }

    private static void assertEvent(Value time, MapValue record, int sequence) {
        assertThat(time.asIntegerValue().asInt()).isEqualTo(SECONDS);
        assertThat(record.keySet().stream().map(key -> key.asStringValue().asString()))
                .containsExactly("container_id", "container_name", "source", "log");
        assertThat(text(record, "container_id")).hasSize(64);
        byte[] line = text(record, "log").getBytes(StandardCharsets.UTF_8);
        assertThat(line).hasSize(30);
        assertThat(LineStamp.connection(line, 0)).isEqualTo(7);
        assertThat(LineStamp.sequence(line, 0)).isEqualTo(sequence);
        assertThat(LineStamp.micros(line, 0)).isEqualTo(LineStamp.micros(NANOS));
    }

    private static String text(MapValue map, String key) {
        Value value = map.map().get(ValueFactory.newString(key));
        return value == null
                ? ""
                : value.isStringValue() ? value.asStringValue().asString() : value.toJson();
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static List<Value> unpack(byte[] bytes) throws IOException {
        List<Value> values = new ArrayList<>();
        try (MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(bytes)) {
            while (unpacker.hasNext()) {
                values.add(unpacker.unpackValue());
            }
        }
        return values;
    }
}
