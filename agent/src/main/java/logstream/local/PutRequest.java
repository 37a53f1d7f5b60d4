package logstream.local;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A PutRecord or PutRecords request. It is read token by token: this is the one request that comes thousands of times a
 * second, and its bytes go straight from the body to where they are kept.
 *
 * @param stream the stream's name
 * @param entries form checked; the records' sizes are not
 */
record PutRequest(String stream, List<PutEntry> entries) {
    static final int MOST_RECORDS = 500;
    static final int LONGEST_KEY = 256;

    private static final String HASH_PATTERN = "0|([1-9]\\d{0,38})";

    /** One record as it stood in the request. */
    private record Raw(
            byte @Nullable [] data,
            @Nullable String key,
            @Nullable String explicitHash) {}

    static PutRequest parse(Encoding encoding, byte[] body, boolean single) throws ServiceError {
        try (JsonParser in = encoding.factory().createParser(body)) {
            return new Reader(in).read(single);
        } catch (IOException e) {
            throw Fields.garbled(e);
        }
    }

    /** Data and keys. */
    long size() {
        long size = 0;
        for (PutEntry entry : entries) {
            size += entry.size();
        }
        return size;
    }

    /** Confined to one request. */
    private static final class Reader {
        private final JsonParser in;
        private @Nullable String name;
        private @Nullable String arn;
        private @Nullable List<Raw> records;

        Reader(JsonParser in) {
            this.in = in;
        }

        PutRequest read(boolean single) throws IOException, ServiceError {
            expect(in.nextToken() == JsonToken.START_OBJECT, "The body is not one object.");
            if (single) {
                records = List.of(readRecord());
            } else {
                readMembers();
            }
            expect(in.nextToken() == null, "The body goes on behind its end.");
            String stream = StreamName.of(Optional.ofNullable(name), Optional.ofNullable(arn));
            return new PutRequest(stream, check(records, single));
        }

        private void readMembers() throws IOException, ServiceError {
            for (String member = nextMember(); member != null; member = nextMember()) {
                if (member.equals("Records")) {
                    records = readRecords();
                } else {
                    readStream(member);
                }
            }
        }

        private @Nullable List<Raw> readRecords() throws IOException, ServiceError {
            if (in.currentToken() == JsonToken.VALUE_NULL) {
                return null;
            }
            expect(in.currentToken() == JsonToken.START_ARRAY, "Records is not a list.");
            List<Raw> raws = new ArrayList<>(MOST_RECORDS);
            for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
                expect(token == JsonToken.START_OBJECT, "A member of Records is not an object.");
                raws.add(readRecord());
            }
            return raws;
        }

        private Raw readRecord() throws IOException, ServiceError {
            byte[] data = null;
            String key = null;
            String explicitHash = null;
            for (String member = nextMember(); member != null; member = nextMember()) {
                switch (member) {
                    case "Data" -> data = bytes();
                    case "PartitionKey" -> key = text(member);
                    case "ExplicitHashKey" -> explicitHash = text(member);
                    default -> readStream(member);
                }
            }
            return new Raw(data, key, explicitHash);
        }

        private void readStream(String member) throws IOException, ServiceError {
            switch (member) {
                case "StreamName" -> name = text(member);
                case "StreamARN" -> arn = text(member);
                default -> in.skipChildren();
            }
        }

        /** The next member's name, its value being the current token; null at the object's end. */
        private @Nullable String nextMember() throws IOException, ServiceError {
            JsonToken token = in.nextToken();
            if (token == JsonToken.END_OBJECT) {
                return null;
            }
            expect(token == JsonToken.FIELD_NAME, "The body ends within an object.");
            String member = in.currentName();
            expect(in.nextToken() != null, "The body ends within an object.");
            return member;
        }

        private @Nullable String text(String member) throws IOException, ServiceError {
            return switch (in.currentToken()) {
                case VALUE_NULL -> null;
                case VALUE_STRING -> in.getText();
                default -> throw ServiceError.serialization(member + " is not a string.");
            };
        }

        private byte @Nullable [] bytes() throws IOException, ServiceError {
            return switch (in.currentToken()) {
                case VALUE_NULL -> null;
                case VALUE_STRING, VALUE_EMBEDDED_OBJECT -> in.getBinaryValue();
                default -> throw ServiceError.serialization("Data is not a blob.");
            };
        }

        private static void expect(boolean good, String otherwise) throws ServiceError {
            if (!good) {
                throw ServiceError.serialization(otherwise);
            }
        }
    }

    private static List<PutEntry> check(@Nullable List<Raw> records, boolean single) throws ServiceError {
        Validation validation = new Validation();
        if (records == null) {
            validation.present(null, "records");
            records = List.of();
        } else {
            String count = "[" + records.size() + " records]";
            validation.check(
                    !records.isEmpty(), count, "records", "Member must have length greater than or equal to 1");
            validation.check(
                    records.size() <= MOST_RECORDS,
                    count,
                    "records",
                    "Member must have length less than or equal to " + MOST_RECORDS);
        }
        for (int i = 0; i < records.size(); i++) {
            Raw record = records.get(i);
            if (record.data == null
                    || record.key == null
                    || record.explicitHash != null
                    || record.key.isEmpty()
                    || record.key.length() > LONGEST_KEY) {
                check(record, memberOf(i, single), validation);
            }
        }
        validation.done();
        return entries(records);
    }

    /** Where the service says that a record's problem lies; it counts from 1. */
    static String memberOf(int index, boolean single) {
        return single ? "" : "records." + (index + 1) + ".member.";
    }

    private static void check(Raw record, String place, Validation validation) {
        validation.present(record.data, place + "data");
        validation.present(record.key, place + "partitionKey");
        validation.length(record.key, place + "partitionKey", 1, LONGEST_KEY);
        validation.pattern(record.explicitHash, place + "explicitHashKey", HASH_PATTERN);
    }

    private static List<PutEntry> entries(List<Raw> records) throws ServiceError {
        MessageDigest md5 = HashKey.md5();
        List<PutEntry> entries = new ArrayList<>(records.size());
        for (Raw record : records) {
            if (record.data == null || record.key == null) {
                throw new IllegalStateException("a record without data or key was not refused");
            }
            byte[] utf8 = record.key.getBytes(StandardCharsets.UTF_8);
            HashKey hash =
                    record.explicitHash == null ? HashKey.ofPartitionKey(utf8, md5) : explicitHash(record.explicitHash);
            entries.add(new PutEntry(record.key, utf8.length, record.data, hash));
        }
        return entries;
    }

    private static HashKey explicitHash(String decimal) throws ServiceError {
        BigInteger value = new BigInteger(decimal);
        if (value.compareTo(HashKey.SPACE) >= 0) {
            throw ServiceError.argument("Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. "
                    + "Specified value was " + decimal);
        }
        return HashKey.of(value);
    }
}
