package logstream.kinesis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import logstream.engines.KplAggregate;
import logstream.kinesis.AggregatedRecord.Content;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AggregatedRecordTest {
    private static final HexFormat HEX = HexFormat.of();

    /** Two records that KCL 3.5.1 takes apart. */
    private static final String ACCEPTED_BY_THE_KCL =
            "f3899ac20a2436363765343832632d643034382d346464342d623633362d3164383234366565643938661a0f08001a0b7b226c6f67"
                    + "223a2261227d1a0f08001a0b7b226c6f67223a2262227dc340f750f01586a0c589e516dac9b0fc";

    private static List<String> shown(byte[] data) {
        return switch (AggregatedRecord.decode(data)) {
            case Content.Plain _ -> List.of("plain");
            case Content.Damaged(String reason) -> List.of("damaged: " + reason);
            case Content.Several(List<AggregatedRecord.Entry> entries) ->
                entries.stream()
                        .map(entry -> entry.key() + "=" + new String(entry.data(), StandardCharsets.UTF_8))
                        .toList();
        };
    }

    @Test
    void anAggregateIsTakenApart() {
        String key = "667e482c-d048-4dd4-b636-1d8246eed98f";
        assertThat(shown(HEX.parseHex(ACCEPTED_BY_THE_KCL)))
                .containsExactly(key + "={\"log\":\"a\"}", key + "={\"log\":\"b\"}");
        assertThat(shown(KplAggregate.of(key, List.of("{\"log\":\"a\"}", "{\"log\":\"b\"}"))))
                .containsExactly(key + "={\"log\":\"a\"}", key + "={\"log\":\"b\"}");
    }

    /** Two keys, explicit hash keys, tags and unknown fields of each type. */
    @Test
    void eachRecordHasItsKeyAndTheRestIsPassedOver() {
        String keys = "0a0161" + "0a0162" + "120137";
        String first = "1a0b" + "0801" + "1000" + "1a0178" + "2202" + "0a00";
        String unknown = "2007" + "3a00" + "3d01020304" + "390102030405060708";
        String second = "1a05" + "0800" + "1a0179";
        String message = keys + first + unknown + second;
        assertThat(shown(KplAggregate.sealed(HEX.parseHex(message)))).containsExactly("b=x", "a=y");
    }

    @Test
    void anAggregateOfNothingHoldsNothing() {
        assertThat(shown(KplAggregate.sealed(new byte[0]))).isEmpty();
        assertThat(shown(KplAggregate.of("k", List.of("")))).containsExactly("k=");
    }

    @Test
    void whatDoesNotBeginLikeOneIsPlain() {
        assertThat(shown("{\"log\":\"a\"}".getBytes(StandardCharsets.UTF_8))).containsExactly("plain");
        assertThat(shown(new byte[0])).containsExactly("plain");
        assertThat(shown(HEX.parseHex("f3899a"))).containsExactly("plain");
        assertThat(shown(HEX.parseHex("f3899ac3" + ACCEPTED_BY_THE_KCL.substring(8))))
                .containsExactly("plain");
    }

    @ParameterizedTest
    @CsvSource({
        "0a0561, a part of it is longer than the whole",
        "0affffffffffffffffff01, a part of it is longer than the whole",
        "0affffffffffffffffffff01, a number in it does not end",
        "0a, a part of it is longer than the whole",
        "1a0408001a00, a record in it has no data or no key",
        "0a01611a0408011a00, a record in it has no data or no key",
        "0a01611a0d08ffffffffffffffffff011a00, a record in it has no data or no key",
        "0a01611a021a00, a record in it has no data or no key",
        "0a01611a020800, a record in it has no data or no key",
        "0b, a field in it is of no known type",
        "3d010203, a part of it is longer than the whole"
    })
    void aMessageOfAnotherFormIsNamed(String message, String reason) {
        assertThat(shown(KplAggregate.sealed(HEX.parseHex(message)))).containsExactly("damaged: " + reason);
    }

    @Test
    void recordsAreBounded() {
        List<String> most = Collections.nCopies(AggregatedRecord.MOST_RECORDS, "");
        assertThat(AggregatedRecord.decode(KplAggregate.of("k", most)))
                .isInstanceOfSatisfying(
                        Content.Several.class,
                        several -> assertThat(several.entries()).hasSize(AggregatedRecord.MOST_RECORDS));
        assertThat(shown(KplAggregate.of("k", Collections.nCopies(AggregatedRecord.MOST_RECORDS + 1, ""))))
                .containsExactly("damaged: it has more than 100000 records");
    }

    @Property(tries = 200)
    void cutShortItIsDamagedNeverAnException(@ForAll @IntRange(min = 4, max = 91) int length) {
        byte[] cut = Arrays.copyOf(HEX.parseHex(ACCEPTED_BY_THE_KCL), length);
        assertThat(shown(cut))
                .containsExactly("damaged: " + (length < 20 ? "it is cut short" : "its checksum does not match"));
    }

    @Property(tries = 200)
    void aChangedByteIsDamage(
            @ForAll @IntRange(min = 4, max = 91) int at, @ForAll @IntRange(min = 1, max = 255) int by) {
        byte[] changed = HEX.parseHex(ACCEPTED_BY_THE_KCL);
        changed[at] ^= (byte) by;
        assertThat(shown(changed)).containsExactly("damaged: its checksum does not match");
    }

    /** With a checksum that matches: nobody's accident, so that the message itself must hold. */
    @Property(tries = 5_000)
    void whateverIsSealedIsReadOrNamed(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] whole = HEX.parseHex(ACCEPTED_BY_THE_KCL);
        byte[] message = Arrays.copyOfRange(whole, 4, whole.length - 16);
        ByteArrayOutputStream mutated = new ByteArrayOutputStream();
        for (byte each : message) {
            switch (random.nextInt(20)) {
                case 0 -> mutated.write(random.nextInt(256));
                case 1 -> {} // Left out.
                case 2 -> mutated.writeBytes(new byte[] {each, each});
                default -> mutated.write(each);
            }
        }
        Content content = AggregatedRecord.decode(KplAggregate.sealed(mutated.toByteArray()));
        assertThat(content).isNotInstanceOf(Content.Plain.class);
    }
}
