package logstream.forward;

import static logstream.forward.Wire.ack;
import static logstream.forward.Wire.array;
import static logstream.forward.Wire.bin;
import static logstream.forward.Wire.entry;
import static logstream.forward.Wire.join;
import static logstream.forward.Wire.message;
import static logstream.forward.Wire.option;
import static logstream.forward.Wire.str;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a full buffer may drop: events of senders that want no ack. Here the buffer drops all that it may, and takes one
 * event at a time, so that each is flushed before the end of its message is known.
 */
class AckWishTest {
    private final ScriptedConnection connection = new ScriptedConnection();

    @BeforeEach
    void dropAllThatMayBeDropped() {
        connection.sink.dropsUnasked = true;
        connection.sink.capacity = 1;
    }

    private ScriptedSocket run(byte[]... messages) {
        ScriptedSocket socket = ScriptedSocket.of(join(messages));
        connection.run(socket);
        return socket;
    }

    private List<String> kept() {
        return connection.sink.events.stream()
                .map(event -> event.record().replaceAll(".*\"log\":\"(.*)\".*", "$1"))
                .toList();
    }

    private static byte[] packed(String chunk, String... logs) {
        byte[] entries = new byte[0];
        for (String log : logs) {
            entries = join(entries, entry(1, log));
        }
        return chunk.isEmpty() ? array(str("grid.a"), bin(entries)) : array(str("grid.a"), bin(entries), option(chunk));
    }

    @Test
    void messagesThatWantNoAckMayBeDropped() {
        run(message("grid.a", 1, "a"), message("grid.a", 1, "b"), message("grid.a", 1, "c"));
        assertThat(kept()).isEmpty();
    }

    @Test
    void allOfTheFirstMessageIsKeptUntilItsEndIsKnown() {
        run(packed("", "a", "b", "c"), packed("", "d", "e"));
        assertThat(kept()).as("the last event is flushed behind the end").containsExactly("a", "b");
    }

    @Test
    void aMessageThatWantsAnAckIsKept() {
        ScriptedSocket socket = run(packed("x", "a", "b", "c"));
        assertThat(kept()).containsExactly("a", "b", "c");
        assertThat(socket.written()).isEqualTo(ack("x"));
    }

    @Test
    void whoAskedOnceCountsAsAsking() {
        ScriptedSocket socket = run(
                message("grid.a", 1, "a", "x"),
                message("grid.a", 1, "b"),
                packed("", "c", "d"),
                message("grid.a", 1, "e", "y"));
        assertThat(kept()).containsExactly("a", "b", "c", "d", "e");
        assertThat(socket.written()).isEqualTo(join(ack("x"), ack("y")));
    }

    @Test
    void whoBeginsToAskWithASmallMessageCountsAsAskingFromThereOn() {
        ScriptedSocket socket =
                run(message("grid.a", 1, "a"), message("grid.a", 1, "b"), message("grid.a", 1, "c", "x"));
        assertThat(kept()).as("its only event is flushed behind its end").containsExactly("c");
        assertThat(socket.written()).isEqualTo(ack("x"));
    }

    @Test
    void aMessageThatTurnsOutToWantAnAckAfterSomeOfItWasDroppedGetsNone() {
        ScriptedSocket socket =
                run(message("grid.a", 1, "a"), packed("x", "b", "c", "d"), message("grid.a", 1, "e", "y"));
        assertThat(socket.written()).as("the sender sends it again").isEmpty();
        assertThat(kept()).as("what was not yet flushed is no longer asked for").isEmpty();
        assertThat(connection.sink.flushesWithEvents)
                .as("each event was kept or counted, the connection ended before the last")
                .hasValue(4);
    }

    @Test
    void soDoesOneThatFoundNoMemoryAtAll() {
        connection.sink.dropsAtOnce = true;
        ScriptedSocket socket = run(message("grid.a", 1, "a"), packed("x", "b"), message("grid.a", 1, "c", "y"));
        assertThat(socket.written()).isEmpty();
    }

    @Test
    void whoAskedOnceWaitsForMemory() {
        AtomicInteger taken = new AtomicInteger();
        connection.sink.onTake = () -> connection.sink.dropsAtOnce = taken.incrementAndGet() > 1;
        ScriptedSocket socket = run(message("grid.a", 1, "a", "x"), packed("y", "b", "c"));
        assertThat(kept()).containsExactly("a", "b", "c");
        assertThat(socket.written()).isEqualTo(join(ack("x"), ack("y")));
    }

    @Test
    void whileThereIsRoomNothingOfThisShows() {
        connection.sink.dropsUnasked = false;
        ScriptedSocket socket =
                run(message("grid.a", 1, "a"), packed("x", "b", "c", "d"), message("grid.a", 1, "e", "y"));
        assertThat(kept()).containsExactly("a", "b", "c", "d", "e");
        assertThat(socket.written()).isEqualTo(join(ack("x"), ack("y")));
    }
}
