package logstream.buffer;

/**
 * A frame as it lies in a chunk file, for those who look at files.
 *
 * @param identity of the buffer that gave it its place
 * @param sequence sequence number of its chunk
 * @param index place within the chunk, from 0
 * @param ordinal counts frames from the birth of the buffer
 * @param kind what the payload is
 * @param payload the bytes that were appended
 */
public record StoredFrame(long identity, long sequence, int index, long ordinal, FrameKind kind, byte[] payload) {}
