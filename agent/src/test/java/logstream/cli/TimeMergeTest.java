package logstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import logstream.cli.TailOrder.Timed;
import logstream.kinesis.ReadRecord;
import org.junit.jupiter.api.Test;

class TimeMergeTest {
    private final TimeMerge merge = new TimeMerge();

    private static Timed at(int second, String text) {
        return at(second, text.getBytes(StandardCharsets.UTF_8));
    }

    private static Timed at(int second, byte[] data) {
        Instant time = Instant.ofEpochSecond(second);
        return new Timed(new ReadRecord("key", data, "shard", "1", time, new ReadRecord.Form.Alone()), time);
    }

    private List<String> readyUpTo(Instant time) {
        return merge.ready(time).stream()
                .map(record -> new String(record.data(), StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void whatIsLaterThanAShardWasReadToWaits() {
        merge.add(List.of(at(1, "a"), at(3, "c")));
        merge.add(List.of(at(2, "b"), at(4, "d")));
        assertThat(readyUpTo(Instant.MIN)).isEmpty();
        assertThat(readyUpTo(Instant.ofEpochSecond(3))).containsExactly("a", "b", "c");
        merge.add(List.of(at(3, "late")));
        assertThat(readyUpTo(Instant.ofEpochSecond(3))).containsExactly("late");
        assertThat(readyUpTo(Instant.MAX)).containsExactly("d");
    }

    @Test
    void recordsOfOneTimeStayAsTheyCame() {
        List<String> texts = IntStream.range(0, 100).mapToObj(Integer::toString).toList();
        texts.forEach(text -> merge.add(List.of(at(1, text))));
        assertThat(readyUpTo(Instant.MAX)).isEqualTo(texts);
    }

    @Test
    void beyondTheBoundsOrderGivesWay() {
        IntStream.rangeClosed(0, TimeMerge.MAX_HELD).forEach(number -> merge.add(List.of(at(number, "" + number))));
        assertThat(readyUpTo(Instant.MIN)).containsExactly("0");
        assertThat(merge.rest()).hasSize(TimeMerge.MAX_HELD);

        merge.add(List.of(at(1, new byte[TimeMerge.MAX_HELD_BYTES]), at(2, new byte[1])));
        assertThat(merge.ready(Instant.MIN)).hasSize(1);
        assertThat(merge.rest()).hasSize(1);
    }
}
