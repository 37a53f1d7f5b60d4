package logstream.migration;

import logstream.migration.FluentdRecords.Found;

/**
 * Where imported records go. One file after the other: each ends with {@link #settle}.
 *
 * <p>Threading: confined to the thread that imports.
 */
public interface Destination {
    /** Whether a file of so many bytes finds room: it may be some time until it does. */
    boolean hasRoomFor(long fileBytes) throws ImportStoppedException;

    /** Takes a record; false when there is no room for it now: nothing was taken. */
    boolean take(Found.Whole record) throws ImportStoppedException;

    /**
     * Returns true when all that was taken is durable; false when there is no room for the last of it now.
     *
     * @throws ImportStoppedException when it cannot be made durable
     */
    boolean settle() throws ImportStoppedException;

    /** Whether what was taken is kept: then its file is done with. */
    boolean keeps();

    /** Takes everything and keeps nothing: to count what there is. */
    Destination NOWHERE = new Destination() {
        @Override
        public boolean hasRoomFor(long fileBytes) {
            return true;
        }

        @Override
        public boolean take(Found.Whole record) {
            return true;
        }

        @Override
        public boolean settle() {
            return true;
        }

        @Override
        public boolean keeps() {
            return false;
        }
    };
}
