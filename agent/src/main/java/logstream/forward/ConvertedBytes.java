package logstream.forward;

/**
 * Whole msgpack values in an array.
 *
 * <p>Threading: confined to one thread.
 */
final class ConvertedBytes implements ByteSource {
    private byte[] bytes = {};
    private int position;
    private int limit;

    /** Goes on with the first bytes of an array. */
    void begin(byte[] array, int length) {
        bytes = array;
        position = 0;
        limit = length;
    }

    @Override
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public int position() {
        return position;
    }

    @Override
    public int unread() {
        return limit - position;
    }

    @Override
    public int peek() {
        return bytes[position] & 0xff;
    }

    @Override
    public void advance(int count) {
        ensure(count);
        position += count;
    }

    @Override
    public void ensure(int count) {
        if (count > unread()) {
            throw new IllegalStateException(count + " bytes are wanted where " + unread() + " were converted");
        }
    }

    @Override
    public void yieldTurn() {
        throw new IllegalStateException("what was converted is kept within one turn only");
    }
}
