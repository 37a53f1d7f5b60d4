package logstream.buffer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Frames that are not forced yet, kept in memory blocks so that they can be written again elsewhere.
 *
 * <p>Invariants: the blocks in use hold at most {@link #MAX_BYTES}; no frame spans two blocks; in each block
 * {@code forced <= written <= appended}; frames keep the order in which they were added.
 *
 * <p>Threading: everything is guarded by the buffer's lock, except {@link Block#bytes} between {@code written} and
 * {@code appended} of a {@link Slice}, which nobody changes and the commit thread reads without it.
 */
final class Pending {
    /** Un-forced bytes kept at most, by the size of their blocks. */
    static final int MAX_BYTES = 4 << 20;

    /** Usual size of a block; a larger frame gets a block of its own size. */
    static final int BLOCK_BYTES = 256 << 10;

    private final Deque<Block> blocks = new ArrayDeque<>();
    private final Deque<byte[]> pool = new ArrayDeque<>();
    private int heldBytes;

    /** A piece of memory with whole frames in it. */
    static final class Block {
        private final byte[] bytes;
        private int forced;
        private int written;
        private int appended;

        private Block(byte[] bytes) {
            this.bytes = bytes;
        }

        byte[] bytes() {
            return bytes;
        }

        /** The commit thread wrote the frames up to here. */
        void written(int upTo) {
            if (upTo < written || upTo > appended) {
                throw new IllegalStateException(
                        "wrote up to " + upTo + " of a block from " + written + " to " + appended);
            }
            written = upTo;
        }
    }

    /** Frames that wait to be written: whole frames in {@code [from, to)} of a block. */
    record Slice(Block block, int from, int to) {}

    /** Whether a frame of this size finds memory now. */
    boolean fits(int frameBytes) {
        return spaceInLast() >= frameBytes || heldBytes + Math.max(BLOCK_BYTES, frameBytes) <= MAX_BYTES;
    }

    /** How many bytes can be added in one go, taking a block for the first frame if need be; 0 when it does not fit. */
    int space(int frameBytes) {
        if (spaceInLast() < frameBytes) {
            if (!fits(frameBytes)) {
                return 0;
            }
            byte[] pooled = frameBytes <= BLOCK_BYTES ? pool.pollLast() : null;
            byte[] bytes = pooled != null ? pooled : new byte[Math.max(BLOCK_BYTES, frameBytes)];
            heldBytes += bytes.length;
            while (heldBytes + pool.size() * BLOCK_BYTES > MAX_BYTES) {
                pool.removeLast();
            }
            blocks.addLast(new Block(bytes));
        }
        return spaceInLast();
    }

    private int spaceInLast() {
        Block last = blocks.peekLast();
        return last == null ? 0 : last.bytes.length - last.appended;
    }

    /** Copies whole frames to the end of the last block, where {@link #space} said that there is room. */
    void add(byte[] source, int from, int to) {
        Block last = blocks.getLast();
        System.arraycopy(source, from, last.bytes, last.appended, to - from);
        last.appended += to - from;
    }

    /** What is to be written next, in order. */
    List<Slice> unwritten() {
        List<Slice> slices = new ArrayList<>();
        for (Block block : blocks) {
            if (block.written < block.appended) {
                slices.add(new Slice(block, block.written, block.appended));
            }
        }
        return slices;
    }

    boolean hasUnwritten() {
        Block last = blocks.peekLast();
        return last != null && last.written < last.appended;
    }

    long unwrittenBytes() {
        long bytes = 0;
        for (Block block : blocks) {
            bytes += block.appended - block.written;
        }
        return bytes;
    }

    /** Half of the memory is taken: time to force early. */
    boolean isTight() {
        return heldBytes > MAX_BYTES / 2;
    }

    /** What was written is safe: its memory is free again. */
    void forced() {
        for (Iterator<Block> each = blocks.iterator(); each.hasNext(); ) {
            Block block = each.next();
            block.forced = block.written;
            if (block.forced == block.appended) {
                each.remove();
                heldBytes -= block.bytes.length;
                if (block.bytes.length == BLOCK_BYTES) {
                    pool.addLast(block.bytes);
                }
            }
        }
    }

    /** What was written and not forced is to be written again. */
    void rewind() {
        for (Block block : blocks) {
            block.written = block.forced;
        }
    }

    /** Sizes of the frames that wait to be written, in order. */
    void eachUnwritten(IntConsumer frameBytes) {
        for (Slice slice : unwritten()) {
            for (int at = slice.from; at < slice.to; ) {
                int bytes = FrameBatch.frameBytes(slice.block.bytes, at);
                frameBytes.accept(bytes);
                at += bytes;
            }
        }
    }
}
