package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import logstream.buffer.FrameBatch;
import logstream.forward.MsgpackCursor;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.CreateCause;
import logstream.metrics.Metrics.DropCause;
import logstream.pipeline.CareConfig.RateLimit;
import org.junit.jupiter.api.Test;

/** When notices are written, and how they look. */
class LossNoticesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path GOLDEN = Path.of("src/test/resources/logstream/pipeline/loss-notices.txt");
    private static final int PAYLOAD_AT = new FrameBatch(64).begin();
    private static final Instant START = Instant.parse("2026-01-31T13:39:17.900Z");

    private final Metrics metrics = new Metrics();
    private final List<String> written = new ArrayList<>();
    private boolean room = true;
    private long seconds;
    private Duration clockSetBack = Duration.ZERO;
    private final RateLimits rates = new RateLimits(this::nanos);
    private LossNotices notices = open();

    /** Near the end of its range, where a comparison that forgets the overflow fails. */
    private long nanos() {
        return Long.MAX_VALUE - 1_000 + Duration.ofSeconds(seconds).toNanos();
    }

    private LossNotices open() {
        return new LossNotices(
                metrics,
                rates,
                this::append,
                "host-7",
                () -> START.plusSeconds(seconds).minus(clockSetBack),
                this::nanos);
    }

    private boolean append(FrameBatch batch) {
        assertThat(batch.count()).isOne();
        if (room) {
            written.add(new String(batch.bytes(), PAYLOAD_AT, batch.length() - PAYLOAD_AT, StandardCharsets.UTF_8));
        }
        return room;
    }

    private void lose(DropCause cause, long count) {
        metrics.dropped(cause).add(count);
    }

    /** One of them passes. */
    private void overLimit(String container, int lines) {
        overLimit(container, "grid.\u00e9", 1, lines);
    }

    private void overLimit(String container, String tag, int passing, int lines) {
        RateLimit limit =
                new RateLimit(List.of("**"), OptionalLong.of(passing), OptionalLong.empty(), Duration.ofSeconds(1));
        RateGate gate = new RateGate(rates, limit, new ContainerName("1d26", container), tag);
        MsgpackCursor line = new MsgpackCursor()
                .at(
                        Encoded.pack(packer ->
                                packer.packMapHeader(1).packString("log").packString("x")),
                        0);
        int passed = 0;
        for (int sent = 0; sent < lines; sent++) {
            passed += gate.lets(line) ? 1 : 0;
        }
        assertThat(passed).isEqualTo(passing);
    }

    @Test
    void eachContainerIsToldInItsOwnNameOnceInAWait() {
        overLimit("/loud", 101);
        runTo(9);
        assertThat(written).isEmpty();
        overLimit("/other", 11);
        runTo(20);
        assertThat(told())
                .extracting(
                        one -> one.path("container_name").asText(),
                        one -> one.path("dropped").asLong(),
                        one -> one.path("dropped_bytes").asLong())
                .containsExactly(tuple("/loud", 100L, 700L), tuple("/other", 10L, 70L));
        for (int second = 21; second <= 25; second++) {
            overLimit("/loud", 11);
            runTo(second);
        }
        assertThat(written).as("not before 20 s are over").hasSize(2);
        runTo(60);
        assertThat(told().getLast().path("dropped").asLong()).isEqualTo(50);
        assertThat(told().getLast().path("total").asLong()).isEqualTo(150);
        assertThat(told().getLast().path("dropped_bytes").asLong()).isEqualTo(350);
        assertThat(written).hasSize(3);
        overLimit("/loud", 2);
        notices.finish();
        assertThat(told().getLast().path("dropped").asLong()).isOne();
        assertThat(sum()).isEqualTo(100 + 10 + 50 + 1);
        assertThat(created()).isEqualTo(4);
    }

    @Test
    void aContainerIsToldLaterWhenThereIsNoRoom() {
        overLimit("/loud", 101);
        room = false;
        runTo(100);
        overLimit("/loud", 51);
        room = true;
        runTo(101);
        assertThat(told().getFirst().path("dropped").asLong()).isEqualTo(150);
        assertThat(written).hasSize(1);
    }

    /** Looks each second up to this one. */
    private void runTo(long second) {
        while (seconds < second) {
            seconds++;
            notices.look();
        }
    }

    private List<JsonNode> told() {
        return written.stream().map(LossNoticesTest::json).toList();
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    private long sum() {
        return told().stream().mapToLong(one -> one.path("dropped").asLong()).sum();
    }

    private long created() {
        return metrics.created(CreateCause.LOSS_NOTICE).sum();
    }

    /** Consumers read these: with {@code golden.write} the file is written anew. */
    @Test
    void eachCauseIsToldAsInTheGoldenFile() throws IOException {
        int count = 0;
        for (DropCause cause : DropCause.values()) {
            lose(cause, ++count);
        }
        metrics.deadLettersDeleted.add(100);
        overLimit("/web \"1\"", 3);
        rates.lostTrackOf().add(1000);
        notices.look();
        runTo(10);

        String page = String.join("\n", written) + "\n";
        if (Boolean.getBoolean("golden.write")) {
            Files.createDirectories(GOLDEN.getParent());
            Files.writeString(GOLDEN, page);
        }
        assertThat(page).isEqualTo(Files.readString(GOLDEN));
        assertThat(told())
                .extracting(one -> one.path("cause").asText())
                .as("a mark of Fluent Bit is no loss")
                .doesNotContain("group_mark")
                .contains("rate_limit", "rate_limit")
                .hasSize(DropCause.values().length + 1);
        assertThat(created()).isEqualTo(written.size());
    }

    @Test
    void theReadmeShowsOneAsItIs() throws IOException {
        Path here = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(here.resolve("agent"))) {
            here = Objects.requireNonNull(here.getParent(), "no folder above this module has agent/ in it");
        }
        lose(DropCause.OVERFLOW, 6);
        overLimit("/redis-test", "grid.a", 1000, 1006);
        notices.look();
        runTo(10);
        assertThat(written).hasSize(2);
        assertThat(Files.readString(here.resolve("README.md")))
                .contains("\n" + written.getFirst() + "\n", "\n" + written.getLast() + "\n");
    }

    @Test
    void theFieldsOfAnOrdinaryRecordHaveItsOrderAndFormat() {
        Encoded line = Encoded.of(
                        true,
                        packer -> packer.packMapHeader(5)
                                .packString("container_id")
                                .packString("1d26")
                                .packString("container_name")
                                .packString("/redis-test")
                                .packString("source")
                                .packString("stdout")
                                .packString("log")
                                .packString("MESSAGE")
                                .packString("label")
                                .packString("value"))
                .getFirst();
        JsonNode ordinary = json(line.text());

        lose(DropCause.OVERFLOW, 1);
        notices.finish();

        JsonNode notice = told().getFirst();
        List<String> names = new ArrayList<>();
        notice.fieldNames().forEachRemaining(names::add);
        List<String> shared = new ArrayList<>();
        ordinary.fieldNames().forEachRemaining(shared::add);
        shared.remove("label");
        assertThat(names.stream().filter(shared::contains)).containsExactlyElementsOf(shared);
        assertThat(names.indexOf("time"))
                .as("its own fields stand where a label stands")
                .isEqualTo(names.size() - 2);
        String digits = "\\d";
        assertThat(notice.path("time").asText().replaceAll(digits, "0"))
                .isEqualTo(ordinary.path("time").asText().replaceAll(digits, "0"));
        assertThat(written.getFirst()).as("compact").isEqualTo(notice.toString());
    }

    @Test
    void theFirstComesAfterTenSecondsThenTheWaitDoublesUpToTenMinutes() {
        List<Long> at = new ArrayList<>();
        lose(DropCause.UNMATCHED_TAG, 1);
        notices.look();
        long before = 0;
        while (seconds < 3_000) {
            lose(DropCause.UNMATCHED_TAG, 1);
            runTo(seconds + 1);
            if (written.size() > before) {
                at.add(seconds);
                before = written.size();
            }
        }
        assertThat(at).containsExactly(10L, 30L, 70L, 150L, 310L, 630L, 1230L, 1830L, 2430L);
        notices.finish();
        assertThat(sum())
                .isEqualTo(3_001)
                .isEqualTo(told().getLast().path("total").asLong());
        for (int one = 1; one < written.size(); one++) {
            assertThat(told().get(one).path("since"))
                    .isEqualTo(told().get(one - 1).path("until"));
        }
    }

    @Test
    void aLossInsideTheWaitIsToldAtItsEnd() {
        lose(DropCause.OVERFLOW, 5);
        notices.look();
        runTo(15);
        assertThat(sum()).isEqualTo(5);
        lose(DropCause.OVERFLOW, 2);
        runTo(29);
        assertThat(written).hasSize(1);
        runTo(30);
        assertThat(sum()).isEqualTo(7);
    }

    @Test
    void aWaitWithoutALossBeginsAnew() {
        lose(DropCause.OVERFLOW, 5);
        notices.look();
        runTo(12);
        lose(DropCause.OVERFLOW, 1);
        runTo(30);
        assertThat(written).as("the wait is 40 s now").hasSize(2);
        runTo(70);
        lose(DropCause.OVERFLOW, 1);
        runTo(80);
        assertThat(written).as("seen at 71").hasSize(2);
        runTo(81);
        assertThat(written).hasSize(3);
        lose(DropCause.OVERFLOW, 1);
        runTo(100);
        assertThat(written).as("20 s after the one at 81").hasSize(3);
        runTo(101);
        assertThat(written).hasSize(4);
        assertThat(told().getLast().path("since").asText()).isEqualTo("2026-01-31T13:40:38Z");
    }

    @Test
    void sinceIsWhenNothingHadBeenLost() {
        runTo(100);
        lose(DropCause.DAMAGED, 1);
        runTo(111);
        assertThat(told().getFirst().path("since").asText()).isEqualTo("2026-01-31T13:40:57Z");
        assertThat(told().getFirst().path("log").asText()).startsWith("1 event was lost on host-7 between ");
    }

    @Test
    void causesAreToldEachOnItsOwn() {
        lose(DropCause.OVERFLOW, 1);
        notices.look();
        runTo(5);
        lose(DropCause.TOO_LARGE, 1);
        runTo(10);
        assertThat(told()).extracting(one -> one.path("cause").asText()).containsExactly("overflow");
        runTo(16);
        assertThat(told()).extracting(one -> one.path("cause").asText()).containsExactly("overflow", "too_large");
    }

    @Test
    void withoutRoomNothingIsForgotten() {
        room = false;
        lose(DropCause.OVERFLOW, 1_000);
        notices.look();
        runTo(500);
        lose(DropCause.OVERFLOW, 1);
        runTo(600);
        assertThat(created()).isZero();

        room = true;
        runTo(601);
        assertThat(written).hasSize(1);
        assertThat(sum()).isEqualTo(1_001);
        assertThat(created()).isEqualTo(1);
        assertThat(told().getFirst().path("since").asText()).isEqualTo("2026-01-31T13:39:17Z");
        lose(DropCause.OVERFLOW, 1);
        runTo(621);
        assertThat(written)
                .as("what was not written does not lengthen the wait")
                .hasSize(2);
    }

    @Test
    void finishingTellsWhatIsNotDueOnce() {
        lose(DropCause.INVALID, 3);
        notices.look();
        assertThat(written).isEmpty();
        notices.finish();
        assertThat(sum()).isEqualTo(3);
        notices.finish();
        assertThat(written).hasSize(1);

        lose(DropCause.INVALID, 1);
        room = false;
        notices.finish();
        assertThat(created()).isEqualTo(1);
    }

    @Test
    void whatWasCountedBeforeIsTold() {
        lose(DropCause.DAMAGED, 4);
        notices = open();
        notices.look();
        runTo(10);
        assertThat(sum()).isEqualTo(4);
    }

    @Test
    void aClockThatIsSetBackDelaysNothing() {
        lose(DropCause.OVERFLOW, 1);
        notices.look();
        clockSetBack = Duration.ofHours(1);
        runTo(10);
        assertThat(written).hasSize(1);
    }

    @Test
    void nothingLostIsNothingTold() {
        lose(DropCause.GROUP_MARK, 10);
        runTo(2_000);
        notices.finish();
        assertThat(written).isEmpty();
    }
}
