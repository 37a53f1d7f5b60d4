package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import logstream.kinesis.OutgoingRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JoinerTest {
    private static final String ID = "b7f3";
    private static final int DOCKERS = 16 << 10;

    /** Pieces as {@code ordinal}, the last one of the line with a dot; each is {@code <ordinal>} in the line. */
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "in order,                        1 2 3.,         whole,      <1><2><3>",
        "a lone one,                      1.,             whole,      <1>",
        "the other way round,             3. 2 1,         whole,      <1><2><3>",
        "the last one in the middle,      1 4. 3 2,       whole,      <1><2><3><4>",
        "each one twice,                  1 1 2 2 3. 3.,  whole,      <1><2><3>",
        "repeated after the end,          1 2 3. 3. 3.,   whole,      <1><2><3>",
        "more than a part,                1 2 3 4 5 6 7 8 9., whole,  <1><2><3><4><5><6><7><8><9>",
        "without an end,                  1 2,            1+2,        <1><2>",
        "a lone one without an end,       1,              1+1,        <1>",
        "without a beginning,             2 3.,           2+2.,       <2><3>",
        "a hole,                          1 2 4 5.,       1+2 4+2.,   <1><2>|<4><5>",
        "two holes,                       1 3 5.,         1+1 3+1 5+1., <1>|<3>|<5>",
        "a long one without an end,       1 2 3 4 5 6 7 8 9, 1+7 8+2, <1><2><3><4><5><6><7>|<8><9>",
    })
    void whatPiecesBecome(String name, String pieces, String shapes, String logs) {
        JoinerRun run = new JoinerRun(pieces(pieces), 0);
        run.finish();

        assertThat(String.join(" ", run.shapes())).as(name).isEqualTo(shapes);
        assertThat(String.join("|", run.logs())).as(name).isEqualTo(logs);
    }

    @Test
    void aWholeLineIsTheRecordThatItWouldHaveBeen() {
        byte[] first = Pieces.payload(ID, 1, false, utf8("a\"b"));
        byte[] second = Pieces.payload(ID, 2, true, utf8("\n"), "{\"other order\":1,", Pieces.TAIL);
        JoinerRun run = new JoinerRun(List.of(second, first), 0).readAll();

        assertThat(run.sent).hasSize(1);
        assertThat(new String(run.records.getFirst().data(), StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"source\":\"stdout\",\"log\":\"a\\\"b\\n\",\"time\":\"1970-01-01T00:00:01Z\",\"tag\":\"grid.a\"}");
        assertThat(run.keys()).containsExactly(JoinerRun.key(1));
    }

    @Test
    void aPartSaysThatItIsOne() {
        JoinerRun run = new JoinerRun(List.of(Pieces.payload(ID, 3, true, utf8("x"))), 0);
        run.readAll().endQuiet();

        assertThat(new String(run.records.getFirst().data(), StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"source\":\"stdout\",\"log\":\"x\",\"line_id\":\"b7f3\",\"line_part\":3,\"line_pieces\":1,"
                                + "\"line_last\":true,\"time\":\"1970-01-01T00:00:01Z\",\"tag\":\"grid.a\"}");
        assertThat(run.keys()).containsExactly(JoinerRun.partKey(0, 1));
    }

    @Test
    void emptyPiecesCount() {
        List<byte[]> line = Pieces.of(ID, "x".repeat(2 * DOCKERS).getBytes(StandardCharsets.UTF_8), DOCKERS);
        assertThat(line).hasSize(3);
        JoinerRun run = new JoinerRun(line, 0);
        run.finish();

        assertThat(run.logs()).containsExactly("x".repeat(2 * DOCKERS));
        assertThat(run.shapes()).containsExactly("whole");
        assertThat(run.metrics.eventsMerged.sum()).isEqualTo(2);
    }

    /** Pieces of one byte cut every character of several. */
    @Test
    void charactersThatWereCutAreWholeAgain() {
        String text = "gr\u00fcn \u20ac \ud83d\udc33 \ud83d\udc33";
        JoinerRun run = new JoinerRun(Pieces.of(ID, utf8(text), 1), 0);
        run.finish();
        assertThat(run.logs()).containsExactly(text);
    }

    @Test
    void charactersBetweenPartsLeaveWithTheSecond() {
        String text = "x" + "\u20ac".repeat(600_000);
        JoinerRun run = new JoinerRun(Pieces.of(ID, utf8(text), DOCKERS), 0);
        run.finish();

        assertThat(run.sent.size()).isGreaterThan(10);
        assertThat(String.join("", run.logs())).isEqualTo(text);
    }

    @Test
    void whatATimeOutCutsIsRepaired() {
        byte[] line = utf8("\u20ac");
        List<byte[]> pieces = Pieces.of(ID, line, 2);
        JoinerRun run = new JoinerRun(pieces, 0);
        run.readNext();
        run.endQuiet();
        run.finish();

        assertThat(run.logs()).containsExactly("\ufffd", "\ufffd");
        assertThat(run.shapes()).containsExactly("1+1", "2+1.");
    }

    @Test
    void linesOfDifferentIdsDoNotMeet() {
        List<byte[]> payloads = new ArrayList<>();
        for (int ordinal = 1; ordinal <= 5; ordinal++) {
            for (String id : List.of("a", "b", "c")) {
                payloads.add(Pieces.payload(id, ordinal, ordinal == 5, utf8(id + ordinal)));
            }
        }
        JoinerRun run = new JoinerRun(payloads, 0);
        run.finish();
        assertThat(run.logs()).containsExactly("a1a2a3a4a5", "b1b2b3b4b5", "c1c2c3c4c5");
    }

    /** The time-out counts from the newest piece, of each line by itself. */
    @Test
    void aLineEndsWhenNothingOfItCame() {
        JoinerRun run = new JoinerRun(
                List.of(
                        Pieces.payload("a", 1, false, utf8("a1")),
                        Pieces.payload("b", 1, false, utf8("b1")),
                        Pieces.payload("a", 2, false, utf8("a2"))),
                0);
        run.readNext();
        run.readNext();
        run.nanos += 6_000_000_000L;
        run.readNext();
        run.joiner.endQuiet(run.nanos);
        assertThat(run.sent).isEmpty();
        assertThat(run.joiner.nanosUntilEnd(run.nanos)).isEqualTo(4_000_000_000L);

        run.nanos += 4_000_000_000L;
        run.joiner.endQuiet(run.nanos);
        assertThat(run.logs()).containsExactly("b1");
        run.nanos += 6_000_000_000L - 1;
        run.joiner.endQuiet(run.nanos);
        assertThat(run.logs()).hasSize(1);
        run.nanos += 1;
        run.joiner.endQuiet(run.nanos);
        assertThat(run.logs()).containsExactly("b1", "a1a2");
        assertThat(run.joiner.nanosUntilEnd(run.nanos)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void anotherTimeOutHoldsForOpenLinesToo() {
        JoinerRun run = new JoinerRun(pieces("1 2"), 0).readAll();
        run.joiner.timeout(JoinerRun.TIMEOUT.multipliedBy(2));
        run.endQuiet();
        assertThat(run.shapes()).isEmpty();

        run.joiner.timeout(JoinerRun.TIMEOUT);
        run.joiner.endQuiet(run.nanos);
        assertThat(run.shapes()).containsExactly("1+2");
    }

    @Test
    void whatComesAfterATimeOutGoesOnInParts() {
        JoinerRun run = new JoinerRun(pieces("1 2 2 3 4 5."), 0);
        run.readNext();
        run.readNext();
        run.endQuiet();
        run.readNext();
        assertThat(run.metrics.eventsMerged.sum()).as("the repeated piece").isEqualTo(1);
        run.readNext();
        run.readNext();
        run.readNext();
        assertThat(run.shapes()).as("at once, with its last piece").containsExactly("1+2", "3+3.");
        run.finish();
    }

    @Test
    void aPieceThatIsLateStillComes() {
        JoinerRun run = new JoinerRun(pieces("1 3 2 4 5."), 0);
        run.readNext();
        run.readNext();
        run.endQuiet();
        run.finish();
        assertThat(run.logs()).containsExactly("<1>", "<3>", "<2>", "<4><5>");
        assertThat(run.shapes()).containsExactly("1+1", "3+1", "2+1", "4+2.");
    }

    /** Not Docker's way: but nothing may be lost by it. */
    @Test
    void anIdThatIsUsedAgainIsAnotherLine() {
        JoinerRun run = new JoinerRun(
                List.of(
                        Pieces.payload(ID, 1, true, utf8("first")),
                        Pieces.payload(ID, 1, true, utf8("second")),
                        Pieces.payload(ID, 1, false, utf8("third")),
                        Pieces.payload(ID, 1, true, utf8("fourth"))),
                0);
        run.finish();
        assertThat(run.logs()).containsExactly("first", "second", "third", "fourth");
        assertThat(run.shapes()).containsExactly("whole", "whole", "1+1", "whole");
    }

    /** As long as a record allows, whatever the bytes become in JSON. */
    @ParameterizedTest
    @CsvSource({"x, 1047000", "'\u0001', 174000", "'\"', 523000"})
    void aLineThatFitsIntoARecordIsWhole(String character, int length) {
        String line = character.repeat(length);
        JoinerRun run = new JoinerRun(Pieces.of(ID, utf8(line), DOCKERS), 0);
        run.finish();
        assertThat(run.shapes()).containsExactly("whole");
        assertThat(run.logs()).containsExactly(line);
        assertThat(run.records.getFirst().size()).isBetween(1_040_000, OutgoingRecord.MAX_BYTES);
    }

    @Test
    void theLongestWholeLineFillsARecord() {
        int longest = RecordEncoder.MOST_RECORD_BYTES - (Pieces.HEAD + "\"log\":\"\"" + Pieces.TAIL).length();
        JoinerRun fits = new JoinerRun(Pieces.of(ID, utf8("x".repeat(longest)), DOCKERS), 0);
        fits.finish();
        assertThat(fits.shapes()).containsExactly("whole");
        assertThat(fits.records.getFirst().data()).hasSize(RecordEncoder.MOST_RECORD_BYTES);

        JoinerRun tooLong = new JoinerRun(Pieces.of(ID, utf8("x".repeat(longest + 1)), DOCKERS), 0);
        tooLong.finish();
        assertThat(tooLong.shapes()).hasSize(10).doesNotContain("whole");
    }

    @ParameterizedTest
    @CsvSource({"x, 1100000", "'\u0001', 180000", "'\"', 530000", "\ud83d\udc33, 300000"})
    void aLineThatDoesNotLeavesInNumberedParts(String character, int length) {
        String line = character.repeat(length);
        List<byte[]> payloads = Pieces.of(ID, utf8(line), DOCKERS);
        JoinerRun run = new JoinerRun(payloads, 0);
        run.finish();

        assertThat(String.join("", run.logs())).isEqualTo(line);
        assertThat(run.records).allSatisfy(one -> assertThat(one.size()).isLessThan(OutgoingRecord.MAX_BYTES));
        List<String> expected = new ArrayList<>();
        for (int from = 1; from <= payloads.size(); from += 7) {
            boolean last = from + 7 > payloads.size();
            expected.add(from + "+" + (last ? payloads.size() - from + 1 + "." : "7"));
        }
        assertThat(run.shapes()).isEqualTo(expected);
        assertThat(run.keys()).doesNotHaveDuplicates();
        assertThat(run.metrics.eventsMerged.sum()).isEqualTo(payloads.size() - run.sent.size());
    }

    /** Larger pieces than Docker's: an event that was cut by the encoder. */
    @Test
    void partsAreAsLargeAsARecordAllows() {
        String line = "\u0001".repeat(1 << 20);
        JoinerRun run = new JoinerRun(Pieces.of(ID, utf8(line), Piece.MOST_LOG_BYTES), 0);
        run.finish();
        assertThat(String.join("", run.logs())).isEqualTo(line);
        assertThat(run.records)
                .hasSize(8)
                .allSatisfy(one -> assertThat(one.size()).isLessThan(OutgoingRecord.MAX_BYTES));
    }

    /** 100 MB without a newline: parts leave as it comes, and no more than the last pieces are kept. */
    @Test
    void aLineWithoutAnEndLeavesAsItComes() {
        byte[] log = "x".repeat(DOCKERS).getBytes(StandardCharsets.UTF_8);
        List<byte[]> one = new ArrayList<>(Collections.nCopies(6_400, new byte[0]));
        JoinerRun run = new JoinerRun(one, 0);
        long bytes = 0;
        for (int ordinal = 1; ordinal <= 6_400; ordinal++) {
            one.set(ordinal - 1, Pieces.payload(ID, ordinal, false, log));
            run.readNext();
            one.set(ordinal - 1, new byte[0]);
            for (Shipment shipment : run.sent) {
                run.done(shipment);
            }
            for (OutgoingRecord record : run.records) {
                bytes += JoinerRun.json(record).get("log").textValue().length();
            }
            run.sent.clear();
            run.records.clear();
            run.release();
            assertThat(run.outstanding.bytes()).isLessThan(OutgoingRecord.MAX_BYTES + 2 * DOCKERS);
        }
        run.endQuiet();
        assertThat(run.sent).hasSize(1);
        bytes += run.logs().getFirst().length();
        assertThat(bytes).isEqualTo(6_400L * DOCKERS);
        run.finish();
    }

    @Test
    void aThousandOpenLinesAreAllJoined() {
        List<byte[]> payloads = new ArrayList<>();
        for (int ordinal = 1; ordinal <= 3; ordinal++) {
            for (int line = 0; line < Joiner.MOST_OPEN; line++) {
                payloads.add(Pieces.payload("line-" + line, ordinal, ordinal == 3, utf8(line + "/" + ordinal + " ")));
            }
        }
        JoinerRun run = new JoinerRun(payloads, 0);
        run.finish();
        assertThat(run.shapes()).hasSize(1000).containsOnly("whole");
        assertThat(run.logs()).contains("0/1 0/2 0/3 ", "999/1 999/2 999/3 ");
    }

    @Test
    void oneLineMoreEndsTheOldest() {
        List<byte[]> payloads = new ArrayList<>();
        for (int line = 0; line <= Joiner.MOST_OPEN; line++) {
            payloads.add(Pieces.payload("line-" + line, 1, false, utf8("line " + line)));
        }
        JoinerRun run = new JoinerRun(payloads, 0).readAll();
        assertThat(run.logs()).containsExactly("line 0");
        assertThat(run.shapes()).containsExactly("1+1");
        run.finish();
    }

    @Test
    void moreBytesThanMemoryEndTheOldest() {
        byte[] log = new byte[DOCKERS];
        Arrays.fill(log, (byte) 'x');
        List<byte[]> payloads = new ArrayList<>();
        for (int line = 0; line < 300; line++) {
            payloads.add(Pieces.payload("line-" + line, 1, false, log));
        }
        JoinerRun run = new JoinerRun(payloads, 0).readAll();
        assertThat(run.sent).hasSizeBetween(300 - 256, 300 - 245);
        assertThat(run.jsons().getFirst().get("line_id").textValue()).isEqualTo("line-0");
        run.finish();
        assertThat(run.sent).hasSize(300);
    }

    @Test
    void theOldestThatIsEndedHoldsUpNothingMore() {
        JoinerRun run = new JoinerRun(
                List.of(
                        Pieces.payload("old", 1, false, utf8("old")),
                        Pieces.payload("new", 1, false, utf8("new")),
                        Pieces.payload("old", 2, false, utf8("er"))),
                0);
        run.readAll();
        assertThat(run.joiner.oldestSlot()).isZero();
        run.joiner.endOldest();
        assertThat(run.logs()).containsExactly("older");
        assertThat(run.joiner.oldestSlot()).isEqualTo(1);
        run.finish();
    }

    @Test
    void aChunkThatIsSetAsideTakesItsPiecesOutOfOpenLines() {
        List<byte[]> payloads = Pieces.of(ID, "abcdefghij".repeat(12).getBytes(StandardCharsets.UTF_8), 2);
        JoinerRun run = new JoinerRun(payloads, 0);
        while (JoinerRun.sequence(run.outstanding.count()) == 0 || run.outstanding.count() < 52) {
            run.readNext();
        }
        run.joiner.forget(0);
        assertThat(run.outstanding.forget(0)).isZero();
        run.finish();

        assertThat(run.shapes()).containsExactly("51+7", "58+4.");
        assertThat(String.join("", run.logs())).isEqualTo("abcdefghij".repeat(2));
    }

    /** What of a character is on its way to the next part keeps the frames of the one before. */
    @Test
    void aPartIsNotReleasedBeforeTheCharacterThatItBeganIsDone() {
        byte[] line = utf8("\u20ac".repeat(400_000));
        JoinerRun run = new JoinerRun(Pieces.of(ID, line, DOCKERS), 0);
        while (run.sent.isEmpty()) {
            run.readNext();
        }
        run.done(run.sent.getFirst());
        assertThat(run.release()).isZero();
        run.readAll();
        run.done(run.sent.get(1));
        // The second part ends with a whole character: 14 pieces are 3 * 76458 + 2 bytes, so it holds the first back,
        // too.
        assertThat(line.length).isGreaterThan(14 * DOCKERS);
        assertThat(14 * DOCKERS % 3).isNotZero();
        assertThat(run.release()).isEqualTo(7);
        run.finish();
    }

    @Test
    void onlySoManyEndedLinesAreRemembered() {
        List<byte[]> payloads = new ArrayList<>();
        byte[] first = Pieces.payload("first", 1, true, utf8("first"));
        payloads.add(first);
        payloads.add(first);
        for (int line = 0; line < Joiner.MOST_REMEMBERED; line++) {
            payloads.add(Pieces.payload("line-" + line, 1, true, utf8("line " + line)));
        }
        payloads.add(first);
        JoinerRun run = new JoinerRun(payloads, 0);
        run.finish();
        assertThat(run.logs().stream().filter("first"::equals)).hasSize(2);
    }

    /** They never come again, and there are many of them. */
    @Test
    void paragraphsThatEndedArePassedOver() {
        List<byte[]> payloads = new ArrayList<>();
        byte[] first = Pieces.payload("first", 1, true, utf8("first"));
        payloads.add(first);
        for (int line = 0; line < 2 * Joiner.MOST_REMEMBERED; line++) {
            payloads.add(Pieces.payload(Piece.PARAGRAPH + line, 1, true, utf8("line " + line)));
        }
        payloads.add(first);
        JoinerRun run = new JoinerRun(payloads, 0);
        run.finish();
        assertThat(run.logs().stream().filter("first"::equals)).hasSize(1);
        assertThat(run.metrics.eventsMerged.sum()).as("the repeated piece").isEqualTo(1);
    }

    @Test
    void anyOrderOfAnyLinesGivesEachOnce() {
        Random random = new Random(1);
        for (int round = 0; round < 50; round++) {
            List<byte[]> payloads = new ArrayList<>();
            List<String> lines = new ArrayList<>();
            for (int line = 0; line < 20; line++) {
                String text = ("line " + line + " ").repeat(random.nextInt(30));
                lines.add(text);
                payloads.addAll(Pieces.of("line-" + line, utf8(text), 10 + random.nextInt(50)));
            }
            Collections.shuffle(payloads, random);
            JoinerRun run = new JoinerRun(payloads, 0);
            run.finish();
            assertThat(run.logs()).containsExactlyInAnyOrderElementsOf(lines);
        }
    }

    private static List<byte[]> pieces(String text) {
        List<byte[]> payloads = new ArrayList<>();
        for (String piece : text.split(" ", -1)) {
            int ordinal = Integer.parseInt(piece.replace(".", ""));
            payloads.add(Pieces.payload(ID, ordinal, piece.endsWith("."), utf8("<" + ordinal + ">")));
        }
        return payloads;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
