package logstream.migration;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

/** Chunk files of fluentd: golden ones that ruby wrote, and such as a test needs. */
public final class Chunks {
    /** In the order in which they are imported; three, three and two records. */
    public static final List<String> GOLDEN = List.of(
            "logstream.q5286f5a4b2c10.buffer", "logstream.q5286f5e0d4a01.buffer", "logstream.b5286f61b99f3c.buffer");

    private Chunks() {}

    /** Puts the golden files into a folder. */
    public static Path golden(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (String name : GOLDEN) {
            Files.write(folder.resolve(name), golden(name));
        }
        return folder;
    }

    static byte[] golden(String name) throws IOException {
        return Files.readAllBytes(
                Path.of("src/test/resources/logstream/migration").resolve(name));
    }

    /** The key of a golden record, from 0. */
    public static String key(int number) {
        return String.format("667e482c-d048-4dd4-b636-%012d", number);
    }

    /** One record: names and values, one after the other. */
    public static byte[] record(String... pairs) {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packMapHeader(pairs.length / 2);
            for (String text : pairs) {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                packer.packRawStringHeader(bytes.length);
                packer.writePayload(bytes);
            }
            return packer.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Records one after the other, with keys that begin with a name and data of so many bytes. */
    public static byte[] records(String name, int count, int dataBytes) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int number = 0; number < count; number++) {
            all.writeBytes(record("data", "x".repeat(dataBytes), "partition_key", name + " " + number));
        }
        return all.toByteArray();
    }

    public static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
