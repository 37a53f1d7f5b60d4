package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import logstream.kinesis.KinesisConfig;
import logstream.kinesis.OutgoingRecord;
import logstream.kinesis.PackingConfig;
import logstream.kinesis.PackingConfig.Compression;
import logstream.kinesis.PackingConfig.PartitionKey;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private static final long MILLISECOND = Duration.ofMillis(1).toNanos();
    private static final Load PLENTY = new Load(Integer.MAX_VALUE, Long.MAX_VALUE);

    private final Outbox outbox = new Outbox(KinesisConfig.of("logs"));
    private long slots;

    @Test
    void aRecordWaitsForTheLingerTimeFromItsAppendNotFromItsReading() {
        long appended = 1_000 * MILLISECOND;
        outbox.addFresh(record(10, appended));

        long readAt = appended + 150 * MILLISECOND;
        assertThat(outbox.batch(PLENTY, false, readAt)).isEmpty();
        assertThat(outbox.nanosUntilNext(false, readAt)).isEqualTo(50 * MILLISECOND);
        assertThat(outbox.batch(PLENTY, false, appended + 200 * MILLISECOND - 1))
                .isEmpty();
        assertThat(outbox.batch(PLENTY, false, appended + 200 * MILLISECOND)).hasSize(1);
    }

    @Test
    void theOldestRecordDecidesAndYoungerOnesGoAlong() {
        outbox.addFresh(record(10, 0));
        outbox.addFresh(record(10, 190 * MILLISECOND));
        assertThat(outbox.batch(PLENTY, false, 200 * MILLISECOND)).hasSize(2);
    }

    @Test
    void aBatchFullOfRecordsGoesAtOnce() {
        fill(499, 10);
        assertThat(outbox.batch(PLENTY, false, 0)).isEmpty();
        fill(1, 10);
        assertThat(outbox.nanosUntilNext(false, 0)).isZero();
        assertThat(outbox.batch(PLENTY, false, 0)).hasSize(500);
    }

    @Test
    void aBatchFullOfBytesGoesAtOnce() {
        fill(5, 1 << 20);
        assertThat(outbox.nanosUntilNext(false, 0)).isZero();
        assertThat(outbox.batch(PLENTY, false, 0)).hasSize(5);
    }

    @Test
    void inAHurryNothingLingers() {
        fill(1, 10);
        assertThat(outbox.batch(PLENTY, true, 0)).hasSize(1);
    }

    @Test
    void aThrottledRecordRejoinsAfterItsWaitsWhichDoubleToTwoSeconds() {
        Shipment record = record(10, 0);
        long now = 0;
        for (int wait : new int[] {100, 200, 400, 800, 1600, 2000, 2000}) {
            record.waitLonger(now);
            outbox.addWaiting(record);
            assertThat(outbox.batch(PLENTY, false, now + wait * MILLISECOND - 1))
                    .isEmpty();
            now += wait * MILLISECOND;
            assertThat(outbox.batch(PLENTY, false, now)).containsExactly(record);
        }
    }

    @Test
    void noMoreGoesThanIsAllowedButOneRecord() {
        fill(500, 1_000);
        assertThat(outbox.batch(Load.NONE, true, 0)).isEmpty();
        assertThat(outbox.batch(new Load(100, Long.MAX_VALUE), true, 0)).hasSize(100);
        assertThat(outbox.batch(new Load(100, 10_500), true, 0)).hasSize(10);
        assertThat(outbox.batch(new Load(1, 1), true, 0)).hasSize(1);
        assertThat(outbox.bytes()).isEqualTo(389_000);
    }

    @Test
    void anAggregateHoldsRecordsOfOneChunkAndIsForgottenWithIt() {
        Outbox aggregating = new Outbox(KinesisConfig.of("logs")
                .withPacking(new PackingConfig(PartitionKey.UUID, Compression.NONE, true, 25_000)));
        for (int number = 0; number < 10; number++) {
            aggregating.addFresh(withId(200, number < 6 ? 1 : 2));
        }
        List<Shipment> batch = aggregating.batch(PLENTY, true, 0);
        assertThat(batch).extracting(Shipment::sequence).containsExactly(1L, 2L);
        assertThat(batch).extracting(Shipment::count).containsExactly(6, 4);
        assertThat(aggregating.bytes()).isZero();

        batch.forEach(aggregating::addWaiting);
        assertThat(aggregating.bytes())
                .isEqualTo(batch.stream().mapToLong(one -> one.record().size()).sum());
        aggregating.forget(1);
        assertThat(aggregating.batch(PLENTY, true, 0)).containsExactly(batch.get(1));
        assertThat(aggregating.bytes()).isZero();
    }

    /** Whatever there is room for, a batch begun takes whole aggregates, and no bytes are counted twice or never. */
    @Test
    void aBatchIsFilledWithWholeAggregates() {
        Outbox aggregating = new Outbox(KinesisConfig.of("logs")
                .withPacking(new PackingConfig(PartitionKey.UUID, Compression.NONE, true, 25_000)));
        for (int number = 0; number < 1_000; number++) {
            aggregating.addFresh(withId(200, 1));
        }
        // 119 such records are 24,846 bytes with all that is around them.
        List<Shipment> batch = aggregating.batch(new Load(500, 60_000), true, 0);
        assertThat(batch).extracting(Shipment::count).containsExactly(119, 119);
        assertThat(batch)
                .allSatisfy(one ->
                        assertThat(one.record().size()).isEqualTo(one.size()).isLessThanOrEqualTo(25_000));
        assertThat(aggregating.batch(new Load(1, 1), true, 0))
                .extracting(Shipment::count)
                .containsExactly(119);
        assertThat(aggregating.bytes()).isEqualTo((1_000 - 3 * 119) * (200L + 36));
    }

    private Shipment withId(int dataBytes, long sequence) {
        String id = RecordKey.of(1, sequence, (int) slots);
        Packed packed = new Packed(id, new OutgoingRecord(id, new byte[dataBytes]), true);
        return new Shipment(packed, new long[] {slots++}, Shipment.NO_SLOT, sequence, 0);
    }

    private void fill(int records, int size) {
        for (int i = 0; i < records; i++) {
            outbox.addFresh(record(size, 0));
        }
    }

    private Shipment record(int size, long appendedNanos) {
        OutgoingRecord record = new OutgoingRecord("k", new byte[size - 1]);
        return new Shipment(Packed.underItsKey(record), new long[] {slots++}, Shipment.NO_SLOT, 1, appendedNanos);
    }
}
