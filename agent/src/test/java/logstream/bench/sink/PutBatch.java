package logstream.bench.sink;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import logstream.bench.load.LineStamp;
import logstream.pipeline.RecordKey;

/**
 * The records of one PutRecords request, of each only what the tally needs: whose line it is, when it was written, and the
 * place that its key was made from. Used again for the next request.
 *
 * <p>Threading: confined to the thread of its connection.
 */
final class PutBatch {
    /** Bits of the frame's index in a packed place; the sequence of the chunk is above. */
    private static final int INDEX_BITS = 24;

    private static final byte[] LOG = "\"log\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final int NO_LINE = -1;

    private int count;
    private int[] connections = new int[512];
    private int[] sequences = new int[512];
    private int[] micros = new int[512];
    private long[] identities = new long[512];
    private long[] places = new long[512];
    /** Where the line began in the last record: most likely it begins there in the next one. */
    private int likely;

    void clear() {
        count = 0;
    }

    int count() {
        return count;
    }

    /** Takes the next record; all of it lies in the same bytes. */
    void add(byte[] bytes, int dataStart, int dataLength, int keyStart, int keyLength) {
        makeRoom();
        int line = line(bytes, dataStart, dataLength);
        boolean ours = LineStamp.isAt(bytes, line);
        connections[count] = ours ? LineStamp.connection(bytes, line) : NO_LINE;
        sequences[count] = ours ? LineStamp.sequence(bytes, line) : 0;
        micros[count] = ours ? LineStamp.micros(bytes, line) : 0;
        place(new String(bytes, keyStart, keyLength, StandardCharsets.ISO_8859_1));
        count++;
    }

    private void place(String key) {
        Optional<RecordKey.Place> place = RecordKey.place(key);
        identities[count] = place.map(RecordKey.Place::identity).orElse(-1L);
        places[count] = place.map(p -> (p.sequence() << INDEX_BITS) | p.index()).orElse(0L);
    }

    /** Where the value of {@code log} begins; -1 if there is none. */
    private int line(byte[] bytes, int start, int length) {
        if (isLog(bytes, start + likely - LOG.length, start + length)) {
            return start + likely;
        }
        for (int at = start; at + LOG.length <= start + length; at++) {
            if (isLog(bytes, at, start + length)) {
                likely = at + LOG.length - start;
                return start + likely;
            }
        }
        return -1;
    }

    private static boolean isLog(byte[] bytes, int at, int end) {
        return at >= 0 && at + LOG.length <= end && Arrays.equals(bytes, at, at + LOG.length, LOG, 0, LOG.length);
    }

    boolean isLine(int record) {
        return connections[record] != NO_LINE;
    }

    int connection(int record) {
        return connections[record];
    }

    int sequence(int record) {
        return sequences[record];
    }

    int micros(int record) {
        return micros[record];
    }

    /** Of the buffer; -1 when the key is none of ours. */
    long identity(int record) {
        return identities[record];
    }

    /** Greater for a later place in the same buffer. */
    long place(int record) {
        return places[record];
    }

    private void makeRoom() {
        if (count < places.length) {
            return;
        }
        connections = Arrays.copyOf(connections, 2 * count);
        sequences = Arrays.copyOf(sequences, 2 * count);
        micros = Arrays.copyOf(micros, 2 * count);
        identities = Arrays.copyOf(identities, 2 * count);
        places = Arrays.copyOf(places, 2 * count);
    }
}
