package logstream.buffer;

import java.io.IOException;

/** Where dead letters go when they are taken out of their folder. Called by one thread. */
public interface DeadLetterTaker {
    /** Takes a record; false: it stays where it is. */
    boolean take(DeadLetter letter) throws IOException, BufferClosedException;

    /** Takes a frame of a chunk that was set aside; false: it and all behind it stay where they are. */
    boolean take(StoredFrame frame) throws IOException, BufferClosedException;

    /** Returns when all that was taken is safe: only then is it deleted. After a failure nothing is. */
    void settle() throws IOException, BufferClosedException;
}
