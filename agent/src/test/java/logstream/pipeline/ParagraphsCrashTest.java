package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import logstream.buffer.Buffer;
import logstream.buffer.BufferConfig;
import logstream.forward.EventSink.Intake;
import logstream.metrics.Metrics;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * However outputs interleave, wherever batches end, whatever time passes and wherever the agent is killed: each paragraph is one
 * record, or, of those that a kill left open, its lines that were handed on are parts of one line; and each line is there once.
 */
class ParagraphsCrashTest {
    private static final List<String> SOURCES = List.of("stdout", "stderr");
    private static final int CONTAINERS = 2;
    private static final int STEPS = 250;

    @TempDir
    private Path folder;

    @RepeatedTest(40)
    void eachLineIsInOneRecordWithThoseItBelongsTo(RepetitionInfo round) throws Exception {
        Random random = new Random(round.getCurrentRepetition());
        Metrics metrics = new Metrics();
        try (Buffer buffer = Buffer.open(BufferConfig.DEFAULT.withDirectory(folder), metrics)) {
            Run run = new Run(buffer, metrics, random, round.getCurrentRepetition() % 2 == 0);
            run.steps();
            run.check();
        }
    }

    /** What is to be expected of some lines. */
    private static final class Expected {
        private final StringBuilder all = new StringBuilder();
        private final StringBuilder handedOn = new StringBuilder();
        private final long began;
        private long newest;
        private boolean ended;
        private boolean endHandedOn;

        Expected(long now) {
            began = now;
            newest = now;
        }

        void add(String line, long now) {
            all.append(all.isEmpty() ? "" : "\n").append(line);
            newest = now;
        }

        boolean isOverdue(long now) {
            long timeout = MultilineRig.TIMEOUT.toNanos();
            return now - newest >= timeout || now - began >= 10 * timeout;
        }

        void handOn() {
            handedOn.setLength(0);
            handedOn.append(all);
            endHandedOn |= ended;
        }

        boolean isWhole() {
            return endHandedOn && handedOn.compareTo(all) == 0;
        }
    }

    private static final class Run {
        private final Buffer buffer;
        private final Metrics metrics;
        private final Random random;
        private final boolean kills;
        private final Map<String, Expected> open = new HashMap<>();
        private final List<Expected> present = new ArrayList<>();
        private final List<String> whole = new ArrayList<>();
        private final List<String> cut = new ArrayList<>();
        private MultilineRig rig;
        private Intake intake;
        private int lines;

        Run(Buffer buffer, Metrics metrics, Random random, boolean kills) {
            this.buffer = buffer;
            this.metrics = metrics;
            this.random = random;
            this.kills = kills;
            this.rig = new MultilineRig(buffer, metrics, MultilineRig.config(MultilineRig.RULE));
            this.intake = rig.open(1);
        }

        void steps() throws Exception {
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(20)) {
                    case 0, 1, 2 -> handOn();
                    case 3 -> {
                        handOn();
                        intake.close();
                        intake = rig.open(1);
                    }
                    case 4 -> {
                        rig.pass(MultilineRig.TIMEOUT
                                .multipliedBy(random.nextInt(13))
                                .dividedBy(10));
                        // Now, and not when the thread that looks by itself comes round.
                        rig.paragraphs.endQuiet();
                        open.values().removeIf(this::endsWhenLookedAt);
                    }
                    case 5 -> {
                        if (kills && random.nextInt(3) == 0) {
                            kill();
                        }
                    }
                    default -> line();
                }
            }
            handOn();
            intake.close();
            rig.ingest.finish();
            open.values().forEach(one -> one.ended = true);
            present.forEach(Expected::handOn);
            settle();
        }

        private boolean endsWhenLookedAt(Expected one) {
            one.ended |= one.isOverdue(rig.now.get());
            // Its end does not wait for the batch.
            one.endHandedOn |= one.ended;
            return one.ended;
        }

        private void line() {
            String container = "c" + random.nextInt(CONTAINERS);
            String source = SOURCES.get(random.nextInt(SOURCES.size()));
            boolean begins = random.nextInt(3) == 0;
            String line = (begins ? "line " : " goes on ") + lines++;
            MultilineRig.line(intake, container, source, line);

            long now = rig.now.get();
            Expected one = open.get(container + source);
            if (one == null || begins || one.isOverdue(now)) {
                if (one != null) {
                    one.ended = true;
                }
                one = new Expected(now);
                present.add(one);
                open.put(container + source, one);
            }
            one.add(line, now);
        }

        private void handOn() {
            MultilineRig.acked(intake);
            present.forEach(Expected::handOn);
        }

        /** The batch is lost, and nobody knows any more what was open. */
        private void kill() throws Exception {
            intake.close();
            rig.full.set(true);
            rig.ingest.finish();
            settle();
            open.clear();
            MultilineRig next = new MultilineRig(buffer, metrics, MultilineRig.config(MultilineRig.RULE));
            next.now.set(rig.now.get());
            rig = next;
            intake = rig.open(1);
        }

        private void settle() {
            for (Expected one : present) {
                if (!one.handedOn.isEmpty()) {
                    (one.isWhole() ? whole : cut).add(one.handedOn.toString());
                }
            }
            present.clear();
        }

        void check() {
            List<JsonNode> records = rig.records();
            List<String> found = new ArrayList<>();
            Map<String, TreeMap<Integer, String>> parts = new HashMap<>();
            for (JsonNode one : records) {
                if (one.has("line_id")) {
                    parts.computeIfAbsent(one.get("line_id").asText(), id -> new TreeMap<>())
                            .put(one.get("line_part").asInt(), one.get("log").asText());
                } else {
                    found.add(one.get("log").asText());
                }
            }
            assertThat(found).containsExactlyInAnyOrderElementsOf(whole);
            assertThat(parts.values().stream()
                            .map(one -> String.join("", one.values()))
                            .filter(text -> !text.isEmpty()))
                    .containsExactlyInAnyOrderElementsOf(cut);
            assertThat(kills || cut.isEmpty()).isTrue();
            assertThat(rig.paragraphs.bytes()).isZero();
        }
    }
}
