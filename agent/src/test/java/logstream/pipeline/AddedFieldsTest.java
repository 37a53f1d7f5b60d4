package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import logstream.buffer.FrameKind;
import logstream.forward.Peer;
import logstream.pipeline.AddedFieldsConfig.Field;
import logstream.pipeline.RecordConfig.TimePrecision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddedFieldsTest {
    private static final HostFacts HOST = new HostFacts("host-\"7\"", Optional.of("i-0123"), Optional.of("eu-west-1"));
    private static final AddedFieldsConfig ALL = new AddedFieldsConfig(
            List.of(new Field("env", "prod"), new Field("quote", "a\"b\\é")),
            Optional.of("host"),
            Optional.of("instance"),
            Optional.of("region"),
            Optional.empty());
    private static final String END = ",\"time\":\"1970-01-01T00:00:01Z\",\"tag\":\"grid.a\"}";
    private static final String OURS = "\"env\":\"prod\",\"quote\":\"a\\\"b\\\\é\",\"host\":\"host-\\\"7\\\"\","
            + "\"instance\":\"i-0123\",\"region\":\"eu-west-1\"";

    private static RecordEncoder encoder(AddedFieldsConfig config, HostFacts host, TimePrecision precision) {
        RecordEncoder encoder = new RecordEncoder(true);
        encoder.shape(true, AddedFields.of(config, host), precision, false);
        return encoder;
    }

    private static String record(RecordEncoder encoder, String... fields) {
        return Encoded.of(encoder, packer -> {
                    packer.packMapHeader(fields.length / 2);
                    for (String field : fields) {
                        packer.packString(field);
                    }
                })
                .getFirst()
                .text();
    }

    @Test
    void theyStandBetweenTheSendersFieldsAndTime() {
        RecordEncoder encoder = encoder(ALL, HOST, TimePrecision.SECONDS);
        assertThat(record(encoder, "log", "a")).isEqualTo("{\"log\":\"a\"," + OURS + END);
        assertThat(record(encoder)).isEqualTo("{" + OURS + END);
    }

    @Test
    void theAddressStandsBehindThem() {
        RecordEncoder encoder = encoder(ALL, HOST, TimePrecision.SECONDS);
        encoder.from(SourceField.of(Optional.of("client"), new Peer("[::1]:1", Optional.of("::1"))));
        assertThat(record(encoder, "client", "forged", "log", "a"))
                .isEqualTo("{\"log\":\"a\"," + OURS + ",\"client\":\"::1\"" + END);
    }

    @Test
    void aSendersOwnFieldsOfTheirNamesGiveWay() {
        assertThat(record(
                        encoder(ALL, HOST, TimePrecision.SECONDS),
                        "env",
                        "forged",
                        "environment",
                        "b",
                        "region",
                        "forged",
                        "en",
                        "c",
                        "log",
                        "a"))
                .isEqualTo("{\"environment\":\"b\",\"en\":\"c\",\"log\":\"a\"," + OURS + END);
    }

    @Test
    void whatIsNotKnownIsNotThereAndCannotBeMadeUp() {
        assertThat(record(encoder(ALL, HostFacts.named("h"), TimePrecision.SECONDS), "instance", "forged", "log", "a"))
                .isEqualTo("{\"log\":\"a\",\"env\":\"prod\",\"quote\":\"a\\\"b\\\\é\",\"host\":\"h\"" + END);
    }

    @Test
    void unlessTheyAreWantedNothingChanges() {
        assertThat(AddedFields.of(AddedFieldsConfig.NONE, HOST)).isSameAs(AddedFields.NONE);
        assertThat(record(encoder(AddedFieldsConfig.NONE, HOST, TimePrecision.SECONDS), "host", "own", "log", "a"))
                .isEqualTo("{\"host\":\"own\",\"log\":\"a\"" + END);
    }

    @Test
    void aPieceHasThemInItsTail() {
        RecordEncoder encoder = encoder(ALL, HOST, TimePrecision.MILLISECONDS);
        List<Encoded> frames = Encoded.of(encoder, packer -> {
            packer.packMapHeader(6).packString("log").packString("x");
            packer.packString("env").packString("forged");
            packer.packString("partial_message").packString("true");
            packer.packString("partial_id").packString("0123456789abcdef");
            packer.packString("partial_ordinal").packString("1");
            packer.packString("partial_last").packString("true");
        });
        assertThat(frames).hasSize(1);
        assertThat(frames.getFirst().kind()).isEqualTo(FrameKind.PIECE);
        assertThat(frames.getFirst().text())
                .endsWith("{," + OURS + ",\"time\":\"1970-01-01T00:00:01.000Z\",\"tag\":\"grid.a\"}x")
                .doesNotContain("forged");
    }

    @ParameterizedTest
    @CsvSource({
        "SECONDS, 0, 999999999, 1970-01-01T00:00:00Z",
        "MILLISECONDS, 0, 999999999, 1970-01-01T00:00:00.999Z",
        "MILLISECONDS, 4294967295, 0, 2106-02-07T06:28:15.000Z",
        "MICROSECONDS, 1, 1000, 1970-01-01T00:00:01.000001Z",
        "NANOSECONDS, 1, 1, 1970-01-01T00:00:01.000000001Z",
        "NANOSECONDS, -1, 123456789, 1969-12-31T23:59:59.123456789Z",
    })
    void timeHasTheDigitsThatAreWanted(TimePrecision precision, long seconds, int nanos, String text) {
        assertThat(Encoded.at(encoder(AddedFieldsConfig.NONE, HOST, precision), seconds, nanos))
                .isEqualTo("{\"time\":\"" + text + "\",\"tag\":\"grid.a\"}");
    }
}
