package logstream.pipeline;

import java.util.ArrayList;
import java.util.List;
import logstream.kinesis.AcceptedRecords;
import logstream.kinesis.PutOutcome;
import logstream.kinesis.PutRecordsLimits;
import logstream.kinesis.RecordResult;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.DeadLetterCause;
import logstream.metrics.Metrics.RetryCause;

/**
 * What an answer means for each record that it is about: done, sent again, or given up.
 *
 * <p>Invariant: a record that went through is not sent again; one that did not is sent again under the same key. An
 * aggregate is one record in this, until it is taken apart because something in it is refused.
 *
 * <p>Threading: confined to the shipper thread.
 */
final class Settlement {
    /** Dead letters that a stream which refuses everything may cost: a request of them. */
    private static final int MOST_REFUSED_IN_A_ROW = PutRecordsLimits.RECORDS;

    private final Outstanding outstanding;
    private final Outbox outbox;
    private final Outage outage;
    private final FlowControl flow;
    private final GivenUp givenUp;
    private final Metrics metrics;
    private long acceptedSoFar;
    private int refusedInARow;

    Settlement(
            Outstanding outstanding, Outbox outbox, Outage outage, FlowControl flow, GivenUp givenUp, Metrics metrics) {
        this.outstanding = outstanding;
        this.outbox = outbox;
        this.outage = outage;
        this.flow = flow;
        this.givenUp = givenUp;
        this.metrics = metrics;
    }

    void settle(Answer answer, long now) {
        List<Shipment> batch = answer.batch();
        switch (answer.outcome()) {
            case PutOutcome.Answered(AcceptedRecords accepted) -> settleAccepted(answer, accepted, now);
            case PutOutcome.Answered(List<RecordResult> results) -> settleRecords(answer, results, now);
            case PutOutcome.Throttled _ -> {
                outage.end(now);
                flow.answered(Load.NONE, Load.of(batch), answer.sentNanos(), now);
                batch.forEach(shipment -> sendAgainLater(shipment, RetryCause.THROTTLED, now));
            }
            case PutOutcome.Unavailable(String reason, String advice) -> {
                outage.failed(answer.sentNanos(), now, answer.probe(), reason, advice);
                sendAgain(batch, RetryCause.UNAVAILABLE, now);
            }
            case PutOutcome.NeedsOperator(String reason, String advice) -> {
                outage.failedForOperator(now, reason, advice);
                sendAgain(batch, RetryCause.OPERATOR, now);
            }
            case PutOutcome.Refused refused -> refuse(batch, refused, now);
        }
    }

    /** As {@link #settleRecords}, with nothing to be done for each record that can be done once for all. */
    private void settleAccepted(Answer answer, AcceptedRecords accepted, long now) {
        List<Shipment> batch = answer.batch();
        for (String shard : accepted.shards()) {
            flow.accepted(shard, now);
        }
        long records = 0;
        long dataBytes = 0;
        for (Shipment shipment : batch) {
            records += shipment.count();
            dataBytes += shipment.dataBytes();
            done(shipment);
        }
        metrics.recordsDelivered.add(records);
        metrics.bytesDelivered.add(dataBytes);
        acceptedSoFar += batch.size();
        refusedInARow = 0;
        flow.answered(Load.of(batch), Load.NONE, answer.sentNanos(), now);
        outage.end(now);
    }

    private void settleRecords(Answer answer, List<RecordResult> results, long now) {
        long records = 0;
        List<Shipment> accepted = new ArrayList<>();
        List<Shipment> throttled = new ArrayList<>();
        String failure = "";
        List<Shipment> failed = new ArrayList<>();
        for (int index = 0; index < results.size(); index++) {
            Shipment shipment = answer.batch().get(index);
            switch (results.get(index)) {
                case RecordResult.Accepted(String shardId, String _) -> {
                    flow.accepted(shardId, now);
                    accepted.add(shipment);
                    records += shipment.count();
                    metrics.bytesDelivered.add(shipment.dataBytes());
                    done(shipment);
                }
                case RecordResult.Throttled _ -> {
                    throttled.add(shipment);
                    sendAgainLater(shipment, RetryCause.THROTTLED, now);
                }
                case RecordResult.Failed(String code, String message) -> {
                    failure = code + ": " + message;
                    failed.add(shipment);
                }
            }
        }
        acceptedSoFar += accepted.size();
        if (!accepted.isEmpty()) {
            refusedInARow = 0;
        }
        metrics.recordsDelivered.add(records);
        flow.answered(Load.of(accepted), Load.of(throttled), answer.sentNanos(), now);
        if (accepted.size() + throttled.size() > 0) {
            outage.end(now);
        } else {
            outage.failed(answer.sentNanos(), now, answer.probe(), failure, "");
        }
        for (Shipment shipment : failed) {
            settleFailed(shipment, failure, now);
        }
    }

    private void done(Shipment shipment) {
        if (shipment.isAggregate()) {
            shipment.members().forEach(outstanding::done);
        } else {
            outstanding.done(shipment);
        }
    }

    private void settleFailed(Shipment shipment, String failure, long now) {
        boolean pastLimit = shipment.refused(acceptedSoFar) > outage.retryLimit();
        if (pastLimit && shipment.isAggregate()) {
            // From now on each for itself, to be accepted or given up.
            shipment.members().forEach(member -> sendAgainLater(member, RetryCause.FAILED, now));
        } else if (pastLimit) {
            String reason = "refused " + (outage.retryLimit() + 1) + " times while others passed, last with " + failure;
            givenUp.add(shipment, DeadLetterCause.REFUSED, reason);
        } else {
            sendAgainLater(shipment, RetryCause.FAILED, now);
        }
    }

    private void sendAgainLater(Shipment shipment, RetryCause cause, long now) {
        metrics.retried(cause).add(shipment.count());
        shipment.waitLonger(now);
        outbox.addWaiting(shipment);
    }

    /** As soon as anything is sent at all: the outage decides. */
    private void sendAgain(List<Shipment> batch, RetryCause cause, long now) {
        for (Shipment shipment : batch) {
            metrics.retried(cause).add(shipment.count());
            shipment.rejoin(now);
            outbox.addWaiting(shipment);
        }
    }

    /**
     * One of the batch can never be accepted: halves, of an aggregate too, are sent until it stands alone. When many in a
     * row stand alone and nothing is accepted between them, the fault is not in the records, and they are kept.
     */
    private void refuse(List<Shipment> batch, PutOutcome.Refused refused, long now) {
        if (batch.size() > 1) {
            int middle = batch.size() / 2;
            outbox.addSuspects(List.copyOf(batch.subList(0, middle)));
            outbox.addSuspects(List.copyOf(batch.subList(middle, batch.size())));
        } else if (batch.getFirst().isAggregate()) {
            Aggregation.halves(batch.getFirst()).forEach(half -> outbox.addSuspects(List.of(half)));
        } else if (refusedInARow < MOST_REFUSED_IN_A_ROW) {
            refusedInARow++;
            givenUp.add(batch.getFirst(), DeadLetterCause.REFUSED, refused.reason());
        } else {
            outage.failedForOperator(now, "every record is refused, last with " + refused.reason(), refused.advice());
            sendAgain(batch, RetryCause.OPERATOR, now);
        }
    }
}
