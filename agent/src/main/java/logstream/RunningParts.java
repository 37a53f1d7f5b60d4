package logstream;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import logstream.buffer.Buffer;
import logstream.forward.ForwardServer;
import logstream.pipeline.Ingest;
import logstream.pipeline.LossNotices;
import logstream.pipeline.Shipper;

/** The parts of a running agent between which lines move, as they are stopped one after the other. */
record RunningParts(
        ForwardServer forward,
        Ingest ingest,
        Optional<LossNotices> lossNotices,
        Buffer buffer,
        Shipper shipper,
        Path folder)
        implements Drain.Parts {
    /** Reading ends at the latest after this: together with the grace it fits into the 10 s of docker stop. */
    static final Duration READ_LIMIT = Duration.ofSeconds(3);

    /** A connection on which nothing came for so long is taken to have sent all. */
    private static final Duration SILENCE = Duration.ofSeconds(1);

    @Override
    public void stopIntake(Duration limit) {
        forward.stop(SILENCE, limit.compareTo(READ_LIMIT) < 0 ? limit : READ_LIMIT);
        ingest.finish();
        lossNotices.ifPresent(LossNotices::finish);
        buffer.closeIntake();
    }

    @Override
    public void shipEverything() {
        shipper.shipEverything();
    }

    @Override
    public boolean awaitShipped(Duration limit) throws InterruptedException {
        return shipper.awaitDrained(limit);
    }

    @Override
    public Drain.Left left() {
        long records = Math.max(0, buffer.bufferedFrames() - shipper.doneNotReleased());
        return new Drain.Left(records, buffer.gauges().bytes(), folder.toString());
    }
}
