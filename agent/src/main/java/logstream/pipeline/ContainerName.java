package logstream.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import logstream.forward.MsgpackCursor;

/**
 * The container that an event says it is from, in the words of Docker's driver; empty where it does not say.
 *
 * @param id {@code container_id}
 * @param name {@code container_name}, with the slash that Docker puts before it
 */
record ContainerName(String id, String name) {
    /** Fields among which those of Docker are looked for. */
    private static final int MOST_FIELDS = 64;

    /** What is kept of each: Docker's are shorter. */
    private static final int MOST_BYTES = 1024;

    /** As Docker shortens ids. */
    private static final int SHORT_ID = 12;

    private static final byte[] NAME = "container_name".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ID = "container_id".getBytes(StandardCharsets.US_ASCII);

    /** Of the event whose map is at the cursor, which stays there. */
    static ContainerName of(MsgpackCursor record) {
        byte[] bytes = record.bytes();
        int begin = record.position();
        String name = "";
        String id = "";
        int fields = Math.min(record.readMapHeader(), MOST_FIELDS);
        for (int field = 0; field < fields && (bare(name).isEmpty() || id.isEmpty()); field++) {
            boolean text = record.type() == MsgpackCursor.Type.STRING;
            int keyLength = text ? record.readBytesHeader() : 0;
            int key = record.position();
            if (text) {
                record.advance(keyLength);
            } else {
                record.skip();
            }
            if (text && record.type() == MsgpackCursor.Type.STRING && isEither(bytes, key, keyLength)) {
                int length = record.readBytesHeader();
                String value =
                        new String(bytes, record.position(), Math.min(length, MOST_BYTES), StandardCharsets.UTF_8);
                record.advance(length);
                if (keyLength != NAME.length) {
                    id = value;
                } else if (bare(name).isEmpty()) {
                    name = value;
                }
            } else {
                record.skip();
            }
        }
        record.at(bytes, begin);
        return new ContainerName(id, name);
    }

    /** As people call it: its name, else the beginning of its id. */
    String shown() {
        String bare = bare(name);
        return bare.isEmpty() ? id.substring(0, Math.min(SHORT_ID, id.length())) : bare;
    }

    private static String bare(String name) {
        return name.startsWith("/") ? name.substring(1) : name;
    }

    private static boolean isEither(byte[] bytes, int at, int length) {
        byte[] wanted = length == NAME.length ? NAME : ID;
        return Arrays.equals(bytes, at, at + length, wanted, 0, wanted.length);
    }
}
