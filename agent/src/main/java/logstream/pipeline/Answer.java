package logstream.pipeline;

import java.util.List;
import logstream.kinesis.PutOutcome;

/**
 * A request that is over.
 *
 * @param batch what it carried
 * @param probe whether it only asked whether the stream lives
 * @param sentNanos when it was sent
 * @param outcome what became of it
 */
record Answer(List<Shipment> batch, boolean probe, long sentNanos, PutOutcome outcome) {}
