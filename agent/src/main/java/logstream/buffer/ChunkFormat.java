package logstream.buffer;

import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * The format of a chunk file, version 1: a header, its copy, frames one after the other.
 *
 * <p>All numbers are little-endian. The file is named by its sequence number: 16 hex digits and {@code .chunk}.
 *
 * <pre>
 * offset  bytes  header
 *      0      8  magic "LSCHUNK\n"
 *      8      4  version, 1
 *     12      4  zero
 *     16      8  sequence number of this chunk, 40 bits, never given twice
 *     24      8  identity of the buffer, 58 random bits, chosen when the folder was new
 *     32      8  creation time, milliseconds since 1970
 *     40      8  ordinal of the first frame: frames counted from the birth of the buffer
 *     48      8  seed, random for each chunk
 *     56      8  sequence number of the predecessor, or -1
 *     64      8  confirmed end of the predecessor: its bytes from there on are never read
 *     72      4  zero
 *     76      4  CRC-32C of the 76 bytes before
 *   4096     80  the header again, in another disk block: damage to one costs no frame
 *   4176         the first frame
 *
 * offset  bytes  frame
 *      0      4  payload length, 0 to 2 MiB
 *      4      4  checksum: CRC-32C of kind and payload, XOR the mask of the frame's place
 *      8      3  index: place in the chunk, from 0
 *     11      1  kind, see FrameKind; never 0
 *     12         payload
 * </pre>
 *
 * <p>The mask mixes seed, sequence, offset, payload length and index (see {@link #mask}), so bytes of an older file, or
 * bytes that lie elsewhere than they were written, do not check. The CRC itself does not depend on the place: the
 * connection threads compute it, the commit thread only adds the mask.
 *
 * <p>The index is stored because a frame's key is made from it. Counted by scanning, it would change for every frame
 * behind a damaged one. The frame's ordinal is the chunk's first ordinal plus the index, so the number of damaged
 * frames is always known from what lies around them.
 *
 * <p>Threading: stateless.
 */
final class ChunkFormat {
    static final int VERSION = 1;

    /** The ASCII bytes {@code LSCHUNK\n} as one number. */
    static final long MAGIC = 0x0a4b4e554843534cL;

    static final int HEADER_BYTES = 80;
    static final int HEADER_COPY_AT = 4096;
    static final int FIRST_FRAME_AT = HEADER_COPY_AT + HEADER_BYTES;

    static final int CHECKSUM_AT = 4;
    static final int INDEX_AT = 8;
    static final int KIND_AT = 11;

    static final int SEQUENCE_BITS = 40;
    static final int IDENTITY_BITS = 58;

    /** The number of the predecessor of a chunk that has none. */
    static final long NO_PREDECESSOR = -1;

    static final String CHUNK_SUFFIX = ".chunk";
    private static final int NAME_DIGITS = 16;

    private ChunkFormat() {}

    static String name(long sequence) {
        return String.format("%016x%s", sequence, CHUNK_SUFFIX);
    }

    /** The sequence number that a file name tells; empty when it is not the name of a chunk. */
    static OptionalLong sequence(Path file) {
        String name = file.getFileName().toString();
        if (name.length() != NAME_DIGITS + CHUNK_SUFFIX.length() || !name.endsWith(CHUNK_SUFFIX)) {
            return OptionalLong.empty();
        }
        long sequence = 0;
        for (int at = 0; at < NAME_DIGITS; at++) {
            char character = name.charAt(at);
            boolean lowerHex = (character >= '0' && character <= '9') || (character >= 'a' && character <= 'f');
            if (!lowerHex) {
                return OptionalLong.empty();
            }
            sequence = (sequence << 4) | Character.digit(character, 16);
        }
        return sequence >>> SEQUENCE_BITS == 0 ? OptionalLong.of(sequence) : OptionalLong.empty();
    }

    /** What ties a frame's checksum to its place: 32 bits, each of which depends on each bit of the arguments. */
    static int mask(long seed, long sequence, long offset, int payloadLength, int index) {
        long mixed = mix(seed + mix(sequence));
        mixed = mix(mixed + ((offset << 32) | payloadLength));
        mixed = mix(mixed + index);
        return (int) (mixed ^ (mixed >>> 32));
    }

    /** The finalizer of SplitMix64. */
    private static long mix(long value) {
        long mixed = value + 0x9e3779b97f4a7c15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
