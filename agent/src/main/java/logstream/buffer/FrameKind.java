package logstream.buffer;

import org.jspecify.annotations.Nullable;

/** What a frame's payload is. The code is on disk: never change or reuse one, and none is 0 (zeros are no frame). */
public enum FrameKind {
    /** A record whose partition key is derived from the frame's place. */
    RECORD(1),
    /** A part of a line that is longer than its sender's events; records are made of pieces when they are read. */
    PIECE(2),
    /** A record, or whatever another kind stands for, together with the key of its first place: replayed, or imported. */
    KEYED(3);

    private static final FrameKind[] KINDS = values();

    private final byte code;

    FrameKind(int code) {
        this.code = (byte) code;
    }

    /** The byte that stands for this kind in the file. */
    public byte code() {
        return code;
    }

    /** The kind that a byte stands for; null when there is none. */
    static @Nullable FrameKind of(byte code) {
        for (FrameKind kind : KINDS) {
            if (kind.code == code) {
                return kind;
            }
        }
        return null;
    }
}
