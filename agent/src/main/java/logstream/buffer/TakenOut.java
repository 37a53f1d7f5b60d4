package logstream.buffer;

/**
 * What became of the dead letters that were meant.
 *
 * @param records that are no longer dead letters
 * @param bytes of these, without their keys
 * @param files that are gone as a whole, chunks included
 * @param left records that were meant and stayed: not taken, or damaged
 */
public record TakenOut(long records, long bytes, long files, long left) {
    static final TakenOut NOTHING = new TakenOut(0, 0, 0, 0);

    TakenOut plus(TakenOut other) {
        return new TakenOut(records + other.records, bytes + other.bytes, files + other.files, left + other.left);
    }
}
