package logstream.kinesis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import logstream.kinesis.AggregatedRecord.Content;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class AggregateTest {
    private static final String KEY = "667e482c-d048-4dd4-b636-1d8246eed98f";

    /** Accepted by the Kinesis Client Library 3.5.1. */
    private static final byte[] TWO = HexFormat.of()
            .parseHex(
                    "f3899ac20a2436363765343832632d643034382d346464342d623633362d3164383234366565643938661a0f08001a0b7b22"
                            + "6c6f67223a2261227d1a0f08001a0b7b226c6f67223a2262227dc340f750f01586a0c589e516dac9b0fc");

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void isByteForByteWhatTheClientLibraryTakesApart() {
        assertThat(Aggregate.of(KEY, List.of(utf8("{\"log\":\"a\"}"), utf8("{\"log\":\"b\"}"))))
                .isEqualTo(TWO);
    }

    /** Lengths around those at which their varints grow. */
    @Property(tries = 200)
    void anotherDecoderFindsTheSameRecords(
            @ForAll @Size(min = 1, max = 40) List<@IntRange(max = 40_000) Integer> lengths, @ForAll long seed) {
        Random random = new Random(seed);
        List<byte[]> parts = lengths.stream()
                .map(length -> {
                    byte[] part = new byte[length];
                    random.nextBytes(part);
                    return part;
                })
                .toList();
        byte[] data = Aggregate.of(KEY, parts);

        List<KplDecoder.UserRecord> decoded = KplDecoder.records("outer", data);
        assertThat(decoded).extracting(KplDecoder.UserRecord::data).containsExactlyElementsOf(parts);
        assertThat(decoded).extracting(KplDecoder.UserRecord::key).containsOnly(KEY);
        assertThat(AggregatedRecord.decode(data))
                .isInstanceOfSatisfying(
                        Content.Several.class,
                        several -> assertThat(several.entries())
                                .extracting(AggregatedRecord.Entry::data)
                                .containsExactlyElementsOf(parts));
        assertThat(data)
                .hasSize(Aggregate.emptyBytes(KEY.length())
                        + parts.stream()
                                .mapToInt(part -> Aggregate.partBytes(part.length))
                                .sum());
    }

    @Test
    void keysCountTheirBytesInUtf8() {
        for (String key : List.of("abc", "\u00e9t\u00e9", "\u20ac", "\ud83d\udc33 whale")) {
            assertThat(new OutgoingRecord(key, new byte[2]).size()).isEqualTo(utf8(key).length + 2);
        }
    }
}
