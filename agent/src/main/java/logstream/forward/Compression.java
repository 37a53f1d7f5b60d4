package logstream.forward;

/**
 * How the payload of a PackedForward message is compressed. Its first bytes tell: the option that says so comes behind it,
 * and where the two disagree the bytes are right. No entry, which is an array, begins like either.
 */
enum Compression {
    NONE,
    GZIP,
    ZSTD;

    /** How many bytes tell. */
    static final int TELLING_BYTES = 4;

    /**
     * The compression of a payload that begins so.
     *
     * @param length bytes of the payload from {@code at} on, of which {@link #TELLING_BYTES} are looked at
     */
    static Compression of(byte[] bytes, int at, long length) {
        if (length >= 2 && bytes[at] == 0x1f && bytes[at + 1] == (byte) 0x8b) {
            return GZIP;
        }
        if (length < TELLING_BYTES) {
            return NONE;
        }
        boolean frame = bytes[at] == 0x28
                && bytes[at + 1] == (byte) 0xb5
                && bytes[at + 2] == 0x2f
                && bytes[at + 3] == (byte) 0xfd;
        boolean skippableFrame =
                (bytes[at] & 0xf0) == 0x50 && bytes[at + 1] == 0x2a && bytes[at + 2] == 0x4d && bytes[at + 3] == 0x18;
        return frame || skippableFrame ? ZSTD : NONE;
    }
}
