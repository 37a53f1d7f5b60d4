package logstream.buffer;

/** What a frame's payload is. The code is on disk: never change or reuse one. */
public enum FrameKind {
    /** A record whose partition key is derived from the frame's place. */
    RECORD(1);

    private final byte code;

    FrameKind(int code) {
        this.code = (byte) code;
    }

    /** The byte that stands for this kind in the file. */
    public byte code() {
        return code;
    }
}
