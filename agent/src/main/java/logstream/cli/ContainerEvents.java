package logstream.cli;

import java.io.IOException;
import java.time.InstantSource;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePacker;

/**
 * Lines as messages, as Docker's fluentd log driver makes them: Message mode, whole seconds, four fields of strings.
 *
 * <p>Threading: confined to one thread.
 *
 * @param source stdout or stderr
 */
record ContainerEvents(String tag, String containerId, String containerName, String source, InstantSource clock) {
    /**
     * One message.
     *
     * @param line its bytes, which need not be UTF-8
     * @param ackToken what the agent is to answer once the line is durable; empty: it is not to answer
     */
    byte[] message(byte[] line, String ackToken) {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packArrayHeader(4);
            packer.packString(tag);
            packer.packLong(clock.instant().getEpochSecond());
            packer.packMapHeader(4);
            packText(packer, "container_id", containerId);
            packText(packer, "container_name", containerName);
            packText(packer, "source", source);
            packer.packString("log");
            packer.packRawStringHeader(line.length);
            packer.writePayload(line);
            packer.packMapHeader(ackToken.isEmpty() ? 0 : 1);
            if (!ackToken.isEmpty()) {
                packText(packer, "chunk", ackToken);
            }
            return packer.toByteArray();
        } catch (IOException cannotHappen) {
            throw new IllegalStateException("packing into memory failed", cannotHappen);
        }
    }

    private static void packText(MessagePacker packer, String key, String value) throws IOException {
        packer.packString(key);
        packer.packString(value);
    }
}
