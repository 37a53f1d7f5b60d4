package logstream.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import logstream.kinesis.ReadRecord;

/**
 * The loop of {@code tail}: read, decompress, put each agent's records in order, merge them by time, print.
 *
 * <p>Threading: confined to one thread.
 */
final class Tail {
    private final TailOrder order;
    private final TimeMerge merge = new TimeMerge();
    private final TailFormat format;
    private final boolean untilPresentEnd;

    /**
     * @param untilPresentEnd whether to end when all shards were read to their end, instead of waiting for more
     */
    Tail(TailOrder order, TailFormat format, boolean untilPresentEnd) {
        this.order = order;
        this.format = format;
        this.untilPresentEnd = untilPresentEnd;
    }

    /**
     * Prints until the present end, or for ever.
     *
     * @throws Failure when the stream cannot be read
     * @throws IOException when nobody reads the output any more
     */
    void run(Supplier<RecordSource> opener, OutputStream out) throws Failure, IOException {
        try (RecordSource source = opener.get()) {
            while (true) {
                source.poll().stream().map(Decompression::of).forEach(order::add);
                boolean caughtUp = source.caughtUp();
                merge.add(order.ready(caughtUp, source.readUpTo()));
                if (untilPresentEnd && caughtUp) {
                    merge.add(order.rest());
                    print(merge.rest(), out);
                    return;
                }
                print(merge.ready(source.readUpTo()), out);
            }
        } catch (RuntimeException unreadable) {
            throw new Failure(ExitCode.FAILED, "the stream cannot be read: " + sentence(unreadable), unreadable);
        }
    }

    private void print(List<ReadRecord> records, OutputStream out) throws IOException {
        for (ReadRecord record : records) {
            Optional<byte[]> line = format.line(record);
            if (line.isPresent()) {
                out.write(line.get());
            }
        }
        out.flush();
    }

    private static String sentence(RuntimeException unreadable) {
        String message = unreadable.getMessage();
        return message == null || message.isBlank()
                ? unreadable.toString()
                : message.lines().findFirst().orElse("");
    }
}
