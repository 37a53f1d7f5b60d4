package logstream.engines;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Packs records as the Kinesis Producer Library does, all under one key, written apart from what the agent has. */
public final class KplAggregate {
    private static final byte[] MAGIC = HexFormat.of().parseHex("f3899ac2");

    private KplAggregate() {}

    /** An aggregate of these records. */
    public static byte[] of(String key, List<String> records) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        field(message, 1, key.getBytes(StandardCharsets.UTF_8));
        for (String data : records) {
            ByteArrayOutputStream record = new ByteArrayOutputStream();
            record.writeBytes(new byte[] {1 << 3, 0});
            field(record, 3, data.getBytes(StandardCharsets.UTF_8));
            field(message, 3, record.toByteArray());
        }
        return sealed(message.toByteArray());
    }

    /** The message between the magic bytes and a checksum that matches. */
    public static byte[] sealed(byte[] message) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(MAGIC);
        all.writeBytes(message);
        try {
            all.writeBytes(MessageDigest.getInstance("MD5").digest(message));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        return all.toByteArray();
    }

    private static void field(ByteArrayOutputStream out, int number, byte[] bytes) {
        out.write((number << 3) | 2);
        int length = bytes.length;
        while (length > 0x7f) {
            out.write((length & 0x7f) | 0x80);
            length >>>= 7;
        }
        out.write(length);
        out.writeBytes(bytes);
    }
}
