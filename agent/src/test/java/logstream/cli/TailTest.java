package logstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import logstream.kinesis.ReadRecord;
import logstream.pipeline.RecordKey;
import org.junit.jupiter.api.Test;

class TailTest {
    private static final TailFormat PLAIN = new TailFormat(null, null, false, false, false);

    /** Gives one round after the other, and is at its end with the last. */
    private static final class Rounds implements RecordSource {
        private final Deque<List<ReadRecord>> rounds;
        private boolean closed;

        Rounds(List<List<ReadRecord>> rounds) {
            this.rounds = new ArrayDeque<>(rounds);
        }

        @Override
        public List<ReadRecord> poll() {
            if (rounds.isEmpty()) {
                throw new IllegalStateException("there is no stream named lines in eu-west-1");
            }
            return rounds.remove();
        }

        @Override
        public boolean caughtUp() {
            return rounds.isEmpty();
        }

        @Override
        public Instant readUpTo() {
            return rounds.isEmpty() ? Instant.MAX : Instant.MIN;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static ReadRecord line(int index, String log) {
        String json = "{\"container_name\":\"/web\",\"source\":\"stdout\",\"log\":\"" + log
                + "\",\"time\":\"2026-01-01T00:00:00Z\",\"tag\":\"t\"}";
        return new ReadRecord(
                RecordKey.of(1, 1, index),
                json.getBytes(StandardCharsets.UTF_8),
                "shard",
                "1",
                Instant.EPOCH,
                new ReadRecord.Form.Alone());
    }

    private static Tail tail(boolean untilPresentEnd) {
        return new Tail(new TailOrder(() -> 0), PLAIN, untilPresentEnd);
    }

    @Test
    void withoutFollowingEverythingIsPrintedInOrderAndThatIsTheEnd() throws Exception {
        Rounds source = new Rounds(List.of(
                List.of(line(1, "b"), line(3, "d")), List.of(), List.of(line(0, "a"), line(2, "c"), line(5, "f"))));
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        tail(true).run(() -> source, out);

        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .extracting(shown -> shown.substring(shown.indexOf('|') + 2))
                .containsExactly("a", "b", "c", "d", "f");
        assertThat(source.closed).isTrue();
    }

    @Test
    void aStreamThatCannotBeReadIsOneSentence() {
        assertThatThrownBy(() -> tail(false).run(() -> new Rounds(List.of()), OutputStream.nullOutputStream()))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.FAILED))
                .hasMessage("the stream cannot be read: there is no stream named lines in eu-west-1");
    }

    @Test
    void whenNobodyReadsTheOutputItEnds() {
        Rounds source = new Rounds(List.of(List.of(line(0, "a"))));
        OutputStream closed = new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        assertThatThrownBy(() -> tail(true).run(() -> source, closed)).hasMessage("Broken pipe");
        assertThat(source.closed).isTrue();
    }
}
