package logstream.bench.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.LongAdder;
import logstream.bench.load.LineStamp;
import logstream.pipeline.RecordKey;
import org.junit.jupiter.api.Test;

/** What the sink is there to notice: each record twice, under another key, out of order, or not a line of the load. */
class TallyTest {
    private static final long BUFFER = 77;
    private static final long NOW = 5_000_000_000L;

    private final Tally tally = new Tally();

    @Test
    void eachLineCountsOnce() {
        accept(line(0, 0, 0), line(0, 1, 1), line(1, 0, 2));
        SinkReport report = report();
        assertThat(report.records()).isEqualTo(3);
        assertThat(report.duplicates()).isZero();
        assertThat(report.resent()).isZero();
        assertThat(report.disordered()).isZero();
        assertThat(report.badKeys()).isZero();
        assertThat(report.foreign()).isZero();
    }

    @Test
    void whatIsRefusedDoesNotCount() {
        PutBatch batch = batch(line(0, 0, 0), line(0, 1, 1));
        tally.accept(batch, new boolean[] {true, false}, NOW);
        assertThat(report().records()).isEqualTo(1);
    }

    @Test
    void theSameKeyAgainIsADuplicate() {
        accept(line(0, 0, 0), line(0, 0, 0));
        assertThat(report().records()).isEqualTo(1);
        assertThat(report().duplicates()).isEqualTo(1);
        assertThat(report().resent()).isZero();
    }

    @Test
    void anotherKeyForTheSameLineWasSentTwiceByItsClient() {
        accept(line(0, 0, 0), line(0, 0, 9));
        assertThat(report().records()).isEqualTo(1);
        assertThat(report().duplicates()).isZero();
        assertThat(report().resent()).isEqualTo(1);
    }

    @Test
    void orderIsThatOfThePlacesNotOfArrival() {
        accept(line(0, 1, 1), line(0, 0, 0));
        assertThat(report().disordered()).isZero();
        accept(line(0, 2, 4), line(0, 3, 3));
        assertThat(report().disordered()).isEqualTo(1);
    }

    @Test
    void orderIsSeenOverManyChunks() {
        for (int sequence = 0; sequence < 5_000; sequence++) {
            accept(new Line(0, sequence, BUFFER, 1 + sequence / 1_000, sequence % 1_000));
        }
        assertThat(report().records()).isEqualTo(5_000);
        assertThat(report().disordered()).isZero();
        accept(new Line(0, 5_000, BUFFER, 1, 4_999));
        assertThat(report().disordered()).isEqualTo(1);
    }

    @Test
    void keysOfOtherBuffersAreBad() {
        accept(line(0, 0, 0), new Line(0, 1, BUFFER + 1, 1, 1));
        assertThat(report().badKeys()).isEqualTo(1);
    }

    @Test
    void keysThatAreNoPlacesAreBad() {
        PutBatch batch = batch(line(0, 0, 0));
        add(batch, line(0, 1, 1).data(), "5e1f9a60-0000-4000-9000-000000000000");
        tally.accept(batch, new boolean[2], NOW);
        assertThat(report().badKeys()).isEqualTo(1);
    }

    @Test
    void whatNobodySentIsForeign() {
        PutBatch batch = batch(line(0, 0, 0));
        add(batch, "{\"log\":\"a notice of the agent itself\"}", RecordKey.of(BUFFER, 1, 1));
        add(batch, "{}", RecordKey.of(BUFFER, 1, 2));
        tally.accept(batch, new boolean[3], NOW);
        assertThat(report().foreign()).isEqualTo(2);
        assertThat(report().records()).isEqualTo(1);
    }

    @Test
    void latencyIsFromTheStampToAcceptance() {
        accept(line(0, 0, 0));
        assertThat(report().p50Micros()).isBetween(2_000_000L, 2_020_000L);
        assertThat(report().lastLateNanos()).isEqualTo(NOW);
        tally.mark();
        assertThat(report().p50Micros()).isZero();
    }

    @Test
    void theFirstAfterAnOutageIsTold() {
        accept(line(0, 0, 0));
        tally.outageEnded();
        assertThat(report().resumedNanos()).isZero();
        tally.accept(batch(line(0, 1, 1)), new boolean[1], NOW + 7);
        assertThat(report().resumedNanos()).isEqualTo(NOW + 7);
        assertThat(report().firstAcceptedNanos()).isEqualTo(NOW);
    }

    /** A line, written two seconds before now, and the place of its record. */
    private record Line(int connection, int sequence, long buffer, long chunk, int index) {
        String data() {
            byte[] stamp = new byte[LineStamp.LENGTH];
            int micros = LineStamp.micros(NOW - 2_000_000_000L);
            LineStamp.write(ByteBuffer.wrap(stamp), 0, connection, sequence, micros);
            String line = new String(stamp, StandardCharsets.US_ASCII);
            return "{\"source\":\"stdout\",\"log\":\"" + line + " and more\",\"tag\":\"t\"}";
        }
    }

    private static Line line(int connection, int sequence, int index) {
        return new Line(connection, sequence, BUFFER, 1, index);
    }

    private void accept(Line... lines) {
        tally.accept(batch(lines), new boolean[lines.length], NOW);
    }

    private static PutBatch batch(Line... lines) {
        PutBatch batch = new PutBatch();
        for (Line line : lines) {
            add(batch, line.data(), RecordKey.of(line.buffer(), line.chunk(), line.index()));
        }
        return batch;
    }

    private static void add(PutBatch batch, String data, String key) {
        byte[] both = (data + key).getBytes(StandardCharsets.US_ASCII);
        batch.add(both, 0, data.length(), data.length(), key.length());
    }

    private SinkReport report() {
        LongAdder none = new LongAdder();
        return tally.report(new SinkServer.Requests(none, none, none, none), true);
    }
}
