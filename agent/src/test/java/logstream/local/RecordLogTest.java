package logstream.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RecordLogTest {
    /** Against a list: above zero adds so many records, below trims so many. */
    @Property(tries = 300)
    void holdsWhatAListHolds(@ForAll @Size(max = 30) List<@IntRange(min = -60, max = 60) Integer> steps) {
        RecordLog log = new RecordLog();
        Deque<RecordLog.Entry> model = new ArrayDeque<>();
        long first = 1;
        for (int step : steps) {
            for (int i = 0; i < step; i++) {
                RecordLog.Entry entry = entry(log.next());
                assertThat(log.add(entry)).isEqualTo(first + model.size());
                model.add(entry);
            }
            for (int i = 0; i < -step && !model.isEmpty(); i++) {
                assertThat(log.trimOldest()).isEqualTo(model.remove().charge());
                first++;
            }
            assertThat(log.first()).isEqualTo(first);
            assertThat(log.size()).isEqualTo(model.size());
            assertThat(log.bytes())
                    .isEqualTo(model.stream().mapToLong(RecordLog.Entry::charge).sum());
            long ordinal = first;
            for (RecordLog.Entry expected : model) {
                assertThat(log.get(ordinal++)).isSameAs(expected);
            }
        }
    }

    @Test
    void findsTheFirstRecordSinceATime() {
        RecordLog log = new RecordLog();
        for (long ordinal = 1; ordinal <= 100; ordinal++) {
            log.add(entry(ordinal));
        }
        log.trimOldest();
        assertThat(log.firstSince(0)).isEqualTo(2);
        assertThat(log.firstSince(500)).isEqualTo(50);
        assertThat(log.firstSince(501)).isEqualTo(51);
        assertThat(log.firstSince(1001)).isEqualTo(101);
    }

    @Test
    void aTrimmedRecordIsNotThere() {
        RecordLog log = new RecordLog();
        log.add(entry(1));
        log.trimOldest();
        assertThatThrownBy(() -> log.get(1)).isInstanceOf(IllegalStateException.class);
    }

    private static RecordLog.Entry entry(long ordinal) {
        return new RecordLog.Entry("key", 3, new byte[(int) (ordinal % 7)], ordinal * 10);
    }
}
