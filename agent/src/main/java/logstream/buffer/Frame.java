package logstream.buffer;

/**
 * One frame as read back from its chunk.
 *
 * @param ordinal counts frames from the birth of the buffer, without gaps; what {@link Buffer#release} takes
 * @param sequence sequence number of the frame's chunk
 * @param index place within the chunk, from 0
 * @param kind what the payload is, see {@link FrameKind}
 * @param payload the bytes that were appended
 * @param appendedNanos {@link System#nanoTime} of its append, or of the start for a recovered frame
 */
public record Frame(long ordinal, long sequence, int index, FrameKind kind, byte[] payload, long appendedNanos) {}
