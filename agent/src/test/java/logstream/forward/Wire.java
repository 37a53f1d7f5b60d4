package logstream.forward;

import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

/** Makes messages as senders do. */
final class Wire {
    /** Something that is packed by msgpack-core. */
    interface Packing {
        void into(MessageBufferPacker packer) throws IOException;
    }

    private Wire() {}

    static byte[] pack(Packing packing) {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packing.into(packer);
            return packer.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] hex(String... parts) {
        return HexFormat.of().parseHex(String.join("", parts).replace(" ", ""));
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    static byte[] str(String text) {
        return pack(p -> p.packString(text));
    }

    static byte[] integer(long value) {
        return pack(p -> p.packLong(value));
    }

    static byte[] array(byte[]... elements) {
        return join(pack(p -> p.packArrayHeader(elements.length)), join(elements));
    }

    /** A map of strings: key, value, key, value. */
    static byte[] map(String... pairs) {
        return pack(p -> {
            p.packMapHeader(pairs.length / 2);
            for (String part : pairs) {
                p.packString(part);
            }
        });
    }

    static byte[] option(String chunk) {
        return map("chunk", chunk);
    }

    static byte[] ack(String chunk) {
        return map("ack", chunk);
    }

    /** Docker's message, without a wish for an ack. */
    static byte[] message(String tag, long seconds, String log) {
        return array(str(tag), integer(seconds), map("log", log), hex("80"));
    }

    static byte[] message(String tag, long seconds, String log, String chunk) {
        return array(str(tag), integer(seconds), map("log", log), option(chunk));
    }

    static byte[] entry(long seconds, String log) {
        return array(integer(seconds), map("log", log));
    }

    /** A str32 whatever the length, as fluentd declares its payloads. */
    static byte[] str32(byte[] payload) {
        return join(pack(p -> p.addPayload(new byte[] {(byte) 0xdb})), bigEndian(payload.length), payload);
    }

    static byte[] bin(byte[] payload) {
        return pack(p -> {
            p.packBinaryHeader(payload.length);
            p.writePayload(payload);
        });
    }

    static byte[] bigEndian(int value) {
        return new byte[] {(byte) (value >>> 24), (byte) (value >>> 16), (byte) (value >>> 8), (byte) value};
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** One gzip member. */
    static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** One zstd frame with a checksum. */
    static byte[] zstd(byte[] bytes) {
        try (ZstdCompressCtx context = new ZstdCompressCtx()) {
            return context.setChecksum(true).compress(bytes);
        }
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
