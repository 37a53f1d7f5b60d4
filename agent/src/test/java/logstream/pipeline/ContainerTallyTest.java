package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import logstream.forward.MsgpackCursor;
import logstream.forward.Tag;
import logstream.metrics.Containers;
import logstream.metrics.Tags;
import org.junit.jupiter.api.Test;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

class ContainerTallyTest {
    private static final Tag TAG = Tag.of("grid.a");

    private final Containers containers = new Containers(InstantSource.fixed(Instant.ofEpochMilli(7)), new Tags());
    private final ContainerTally tally = new ContainerTally(containers);

    @Test
    void aContainerIsItsNameWithoutTheSlashElseTheBeginningOfItsId() throws Exception {
        assertThat(container("container_id", "0123456789abcdef", "container_name", "/web"))
                .isEqualTo("web");
        assertThat(container("container_name", "web", "log", "x")).isEqualTo("web");
        assertThat(container("log", "x", "container_id", "0123456789abcdef")).isEqualTo("0123456789ab");
        assertThat(container("log", "x")).isEmpty();
        assertThat(container()).isEmpty();
    }

    @Test
    void otherKindsOfKeysAndValuesAreNoNames() throws Exception {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packMapHeader(3).packInt(1).packString("x");
            packer.packString("container_name")
                    .packMapHeader(1)
                    .packString("container_name")
                    .packString("inner");
            packer.packString("container_id").packString("outer");
            assertThat(ContainerName.of(new MsgpackCursor().at(packer.toByteArray(), 0))
                            .shown())
                    .isEqualTo("outer");
        }
    }

    @Test
    void theCursorStaysWhereItIs() throws Exception {
        MsgpackCursor event = event("container_name", "/web", "log", "x");
        int before = event.position();
        ContainerName _ = ContainerName.of(event);
        assertThat(event.position()).isEqualTo(before);
        assertThat(event.readMapHeader()).isEqualTo(2);
    }

    @Test
    void eachBatchIsCountedFromItsBeginning() throws Exception {
        tally.change(TAG, ContainerName.of(event("container_name", "web")));
        tally.taken(true);
        tally.taken(false);
        assertThat(tally.end(100)).isFalse();
        tally.taken(false);
        tally.settle(30);
        tally.change(Tag.of("grid.b"), ContainerName.of(event("container_name", "web")));
        tally.taken(false);
        tally.dropped(4);
        assertThat(tally.end(50)).isFalse();

        assertThat(containers.rows(9))
                .containsExactlyInAnyOrder(
                        new Containers.Row("web", "grid.a", 0, 0, 7, 3, 130, 1, 0),
                        new Containers.Row("web", "grid.b", 0, 0, 7, 1, 20, 0, 4));
    }

    @Test
    void countersThatHadToGoAreToBeLookedUpAgain() throws Exception {
        tally.change(TAG, ContainerName.of(event("container_name", "web")));
        for (int one = 0; one < 2 * Containers.MOST; one++) {
            Objects.requireNonNull(containers.of("other", "tag" + one));
        }
        tally.taken(false);
        assertThat(tally.end(1)).isTrue();
    }

    @Test
    void aLineCostsNoMemory() throws Exception {
        tally.change(TAG, ContainerName.of(event("container_name", "web")));
        lines(100_000);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        lines(1_000_000);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1_000_000 / 10);
    }

    /** In turns of a hundred. */
    private void lines(int count) {
        for (int line = 1; line <= count; line++) {
            tally.taken(false);
            if (line % 100 == 0) {
                boolean _ = tally.end(10_000);
            }
        }
    }

    private static String container(String... pairs) throws IOException {
        return ContainerName.of(event(pairs)).shown();
    }

    private static MsgpackCursor event(String... pairs) throws IOException {
        try (MessageBufferPacker packer = MessagePack.newDefaultBufferPacker()) {
            packer.packInt(5).packMapHeader(pairs.length / 2);
            for (String text : pairs) {
                packer.packString(text);
            }
            return new MsgpackCursor().at(packer.toByteArray(), 1);
        }
    }
}
