package logstream.kinesis;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Takes aggregates apart as their format's page says, and is strict: written from it, and shares nothing with what makes them. */
public final class KplDecoder {
    private KplDecoder() {}

    /** A user's record. */
    public record UserRecord(String key, byte[] data) {}

    public static boolean isAggregate(byte[] data) {
        return data.length > 20 && HexFormat.of().formatHex(data, 0, 4).equals("f3899ac2");
    }

    /** The records that one in the stream stands for. */
    public static List<UserRecord> records(String key, byte[] data) {
        if (!isAggregate(data)) {
            return List.of(new UserRecord(key, data));
        }
        byte[] message = Arrays.copyOfRange(data, 4, data.length - 16);
        byte[] digest = Arrays.copyOfRange(data, data.length - 16, data.length);
        try {
            if (!Arrays.equals(MessageDigest.getInstance("MD5").digest(message), digest)) {
                throw new AssertionError("a wrong MD5");
            }
            return records(new DataInputStream(new ByteArrayInputStream(message)));
        } catch (IOException | NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static List<UserRecord> records(DataInputStream in) throws IOException {
        List<String> keys = new ArrayList<>();
        List<UserRecord> records = new ArrayList<>();
        while (in.available() > 0) {
            int tag = in.readUnsignedByte();
            byte[] value = in.readNBytes(varint(in));
            switch (tag) {
                case 0x0a -> keys.add(new String(value, StandardCharsets.UTF_8));
                case 0x1a -> records.add(record(new DataInputStream(new ByteArrayInputStream(value)), keys));
                default -> throw new AssertionError("a field that nobody should write: " + tag);
            }
        }
        return records;
    }

    private static UserRecord record(DataInputStream in, List<String> keys) throws IOException {
        if (in.readUnsignedByte() != 0x08) {
            throw new AssertionError("no index of a key");
        }
        String key = keys.get(varint(in));
        if (in.readUnsignedByte() != 0x1a) {
            throw new AssertionError("no data");
        }
        int length = varint(in);
        byte[] data = in.readNBytes(length);
        if (data.length != length || in.available() > 0) {
            throw new AssertionError("a record of " + length + " bytes that does not end there");
        }
        return new UserRecord(key, data);
    }

    private static int varint(DataInputStream in) throws IOException {
        int value = 0;
        for (int shift = 0; ; shift += 7) {
            int next = in.readUnsignedByte();
            value |= (next & 0x7f) << shift;
            if (next < 0x80) {
                return value;
            }
        }
    }
}
