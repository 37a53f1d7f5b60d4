package logstream.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import logstream.forward.MsgpackCursor;

/**
 * The fields of an event that tell whether it is a piece of a line, where the line is, and which container wrote it: {@code log},
 * Docker's {@code partial_} fields, those that parts of lines get from us, {@code container_id} and {@code source}. Where one comes twice, the last one counts.
 *
 * <p>A piece has all of {@code partial_message} "true", {@code partial_id}, {@code partial_ordinal} from 1 and
 * {@code partial_last}, as strings, and a string as {@code log}. Docker 18.06 sends {@code partial_message} alone: such
 * an event is none.
 *
 * <p>Threading: confined to one thread.
 */
final class EventFields {
    /** What a field's name says. */
    enum Name {
        LOG("log"),
        PARTIAL_MESSAGE("partial_message"),
        PARTIAL_ID("partial_id"),
        PARTIAL_ORDINAL("partial_ordinal"),
        PARTIAL_LAST("partial_last"),
        LINE_ID("line_id"),
        LINE_PART("line_part"),
        LINE_PIECES("line_pieces"),
        LINE_LAST("line_last"),
        CONTAINER_ID("container_id"),
        SOURCE("source"),
        OTHER("");

        private static final Name[] NAMES = values();
        private final String text;

        Name(String text) {
            this.text = text;
        }

        boolean isPartial() {
            return compareTo(PARTIAL_MESSAGE) >= 0 && compareTo(PARTIAL_LAST) <= 0;
        }

        /** The name at the cursor, which stays where it is. */
        static Name at(MsgpackCursor record) {
            if (record.type() != MsgpackCursor.Type.STRING) {
                return OTHER;
            }
            int before = record.position();
            int length = record.readBytesHeader();
            int from = record.position();
            byte[] bytes = record.bytes();
            record.at(bytes, before);
            for (Name name : NAMES) {
                if (name.text.length() == length && name.isAt(bytes, from)) {
                    return name;
                }
            }
            return OTHER;
        }

        private boolean isAt(byte[] bytes, int from) {
            for (int i = 0; i < text.length(); i++) {
                if (bytes[from + i] != text.charAt(i)) {
                    return false;
                }
            }
            return true;
        }
    }

    private static final int MOST_DIGITS = 9;
    private static final byte[] TRUE = "true".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] FALSE = "false".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] NO_ID = {};

    private byte[] bytes = {};
    private int logAt;
    private int logLength;
    private boolean partial;
    private byte[] id = NO_ID;
    private int ordinal;
    private boolean last;
    private boolean lastKnown;
    private boolean lineFields;
    private int containerAt;
    private int containerLength;
    private int sourceAt;
    private int sourceLength;

    /** Reads the map at the cursor. */
    void read(MsgpackCursor record) {
        bytes = record.bytes();
        logLength = -1;
        partial = false;
        id = NO_ID;
        ordinal = 0;
        lastKnown = false;
        lineFields = false;
        containerAt = 0;
        containerLength = 0;
        sourceAt = 0;
        sourceLength = 0;
        int pairs = record.readMapHeader();
        for (int pair = 0; pair < pairs; pair++) {
            Name name = Name.at(record);
            record.skip();
            int value = record.position();
            boolean text = record.type() == MsgpackCursor.Type.STRING;
            int length = text ? record.readBytesHeader() : -1;
            take(name, record.position(), length);
            record.at(bytes, value).skip();
        }
    }

    /** @param length of a string, or -1 for any other value */
    private void take(Name name, int at, int length) {
        switch (name) {
            case LOG -> {
                logAt = at;
                logLength = length;
            }
            case PARTIAL_MESSAGE -> partial = is(TRUE, at, length);
            case PARTIAL_ID -> id = isId(at, length) ? Arrays.copyOfRange(bytes, at, at + length) : NO_ID;
            case PARTIAL_ORDINAL -> ordinal = number(at, length);
            case PARTIAL_LAST -> {
                last = is(TRUE, at, length);
                lastKnown = last || is(FALSE, at, length);
            }
            case LINE_ID, LINE_PART, LINE_PIECES, LINE_LAST -> lineFields = true;
            case CONTAINER_ID -> {
                containerAt = at;
                containerLength = Math.max(length, 0);
            }
            case SOURCE -> {
                sourceAt = at;
                sourceLength = Math.max(length, 0);
            }
            case OTHER -> {}
        }
    }

    /** Whether the event is a piece, and small enough to be treated as one. */
    boolean isPiece() {
        return partial && id.length > 0 && ordinal > 0 && lastKnown && canBeCut() && logLength <= Piece.MOST_LOG_BYTES;
    }

    /** Whether the line is a part of one by its sender's word, complete or not. */
    boolean saysPartial() {
        return partial;
    }

    /** Whether there is a line, and no field of the sender would take the place of ours. */
    boolean canBeCut() {
        return logLength >= 0 && !lineFields;
    }

    byte[] id() {
        return id;
    }

    int ordinal() {
        return ordinal;
    }

    boolean last() {
        return last;
    }

    /** Where the bytes of the line begin in the array that was read. */
    int logAt() {
        return logAt;
    }

    int logLength() {
        return logLength;
    }

    /** Whether the event is from this container and this of its outputs, each as {@link #container} and {@link #source} gave it. */
    boolean isFrom(byte[] container, byte[] source) {
        return containerLength == container.length
                && sourceLength == source.length
                && Arrays.equals(source, 0, sourceLength, bytes, sourceAt, sourceAt + sourceLength)
                && Arrays.equals(container, 0, containerLength, bytes, containerAt, containerAt + containerLength);
    }

    /** The id of its container; empty when there is none. */
    byte[] container() {
        return Arrays.copyOfRange(bytes, containerAt, containerAt + containerLength);
    }

    /** The container's output that it is from; empty when that is not told. */
    byte[] source() {
        return Arrays.copyOfRange(bytes, sourceAt, sourceAt + sourceLength);
    }

    private boolean is(byte[] text, int at, int length) {
        return length == text.length && Arrays.equals(text, 0, length, bytes, at, at + length);
    }

    private boolean isId(int at, int length) {
        for (int i = at; i < at + length; i++) {
            if (bytes[i] <= ' ' || bytes[i] > '~' || bytes[i] == '"' || bytes[i] == '\\') {
                return false;
            }
        }
        return length >= 1 && length <= Piece.MOST_ID_BYTES;
    }

    /** A decimal number; 0 for anything else. */
    private int number(int at, int length) {
        if (length > MOST_DIGITS) {
            return 0;
        }
        int number = 0;
        for (int i = at; i < at + length; i++) {
            if (bytes[i] < '0' || bytes[i] > '9') {
                return 0;
            }
            number = 10 * number + bytes[i] - '0';
        }
        return number;
    }
}
