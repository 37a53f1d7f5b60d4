package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import logstream.buffer.FrameBatch;
import logstream.forward.MsgpackCursor;
import logstream.metrics.Metrics;
import logstream.pipeline.CareConfig.Preset;
import logstream.pipeline.CareConfig.RedactionRule;
import logstream.pipeline.CareConfig.What;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.ImmutableValue;

class RedactorTest {
    private static final Path GOLDEN = Path.of("src/test/resources/logstream/pipeline/redacted.txt");
    private static final String LEFT = "# What they leave as it is.";
    private static final List<RedactionRule> PRESETS =
            Arrays.stream(Preset.values()).map(RedactionRule::of).toList();

    /** Made up, or from public documentation. Joined here, as nobody is to take them for real ones. */
    private static final List<String> SECRETS = List.of(
            "AKIAIOSFODNN7EXAMPLE",
            "4111111111111111",
            "4111 1111 1111 1111",
            "3782-822463-10005",
            "gh" + "p_EXAMPLEexampleEXAMPLEexampleEXAMPLE0123",
            "ey" + "JhbGciOiJub25lIn0.eyJzdWIiOiJFWEFNUExFIn0.RVhBTVBMRQ");

    /** Nothing of this is a secret, in whatever order it stands. */
    private static final List<String> HARMLESS = List.of(
            " ",
            " ",
            "GET /index.html",
            "200",
            "a1",
            "user",
            "-",
            "_",
            "é",
            "\u00ff",
            "\ud83d\ude00",
            "/",
            "[x]",
            "1,9",
            "Bx",
            "A",
            "eyJ",
            "Bearer, me");

    private final Metrics metrics = new Metrics();
    private final Redactor redactor = new Redactor(metrics);

    private MsgpackCursor redact(List<RedactionRule> rules, byte[] event) {
        Redaction redaction = Redaction.of(rules);
        redactor.use(redaction);
        return redactor.redact(new MsgpackCursor().at(event, 0), redaction.active("grid.a"));
    }

    private byte[] line(List<RedactionRule> rules, byte[] line) {
        byte[] event = event(line);
        MsgpackCursor clean = redact(rules, event);
        MsgpackCursor end = new MsgpackCursor().at(clean.bytes(), clean.position());
        assertThat(end.readMapHeader()).isEqualTo(2);
        end.skip();
        assertThat(end.readBytesHeader()).isEqualTo("stdout".length());
        end.advance("stdout".length());
        end.skip();
        int length = end.readBytesHeader();
        byte[] shown = Arrays.copyOfRange(clean.bytes(), end.position(), end.position() + length);
        redactor.forget();
        return shown;
    }

    private String line(List<RedactionRule> rules, String line) {
        return new String(line(rules, line.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }

    private static byte[] event(byte[] line) {
        return Encoded.pack(packer -> packer.packMapHeader(2)
                .packString("source")
                .packString("stdout")
                .packString("log")
                .packRawStringHeader(line.length)
                .writePayload(line));
    }

    private static RedactionRule own(String name, String pattern) {
        return new RedactionRule(name, new What.Matching(pattern), Optional.of("***"), List.of("**"));
    }

    private ImmutableValue fields(List<RedactionRule> rules, Encoded.Packing packing) throws IOException {
        MsgpackCursor clean = redact(rules, Encoded.pack(packing));
        byte[] rest = Arrays.copyOfRange(clean.bytes(), clean.position(), clean.bytes().length);
        try (MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(rest)) {
            return unpacker.unpackValue();
        }
    }

    record Row(String section, String line, String shown) {}

    static List<Row> golden() throws IOException {
        List<Row> rows = new ArrayList<>();
        String section = "";
        for (String row : Files.readAllLines(GOLDEN)) {
            section = row.startsWith("#") ? row : section;
            boolean left = section.equals(LEFT);
            if (!row.isEmpty() && !row.startsWith("#")) {
                String plain = row.replace("~", "");
                int arrow = left ? plain.length() : plain.indexOf(" => ");
                rows.add(new Row(section, plain.substring(0, arrow), left ? plain : plain.substring(arrow + 4)));
            }
        }
        return rows;
    }

    @ParameterizedTest
    @MethodSource("golden")
    void presetsFindWhatTheGoldenFileSays(Row row) {
        assertThat(line(PRESETS, row.line)).isEqualTo(row.shown);
    }

    @Test
    void theGoldenFileHasEachPresetAndWhatIsNone() throws IOException {
        List<Row> rows = golden();
        for (Preset preset : Preset.values()) {
            assertThat(rows)
                    .filteredOn(row -> row.shown.contains("[redacted:" + preset.label() + "]"))
                    .hasSizeGreaterThanOrEqualTo(2);
        }
        assertThat(rows).filteredOn(row -> row.line.equals(row.shown)).hasSizeGreaterThan(15);
    }

    /** It is found by that preset, and not by another one that has the same place in it. */
    @ParameterizedTest
    @MethodSource("golden")
    void eachPresetFindsItsOwnAlone(Row row) {
        for (Preset preset : Preset.values()) {
            if (row.section.equals("# " + preset.label())) {
                assertThat(line(List.of(RedactionRule.of(preset)), row.line)).isEqualTo(row.shown);
            }
        }
        assertThat(line(List.of(), row.line)).isEqualTo(row.line);
    }

    private static byte[] bytes(Random random, int most) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int left = random.nextInt(most); left > 0; left--) {
            String one = HARMLESS.get(random.nextInt(HARMLESS.size()));
            text.writeBytes(one.getBytes(random.nextBoolean() ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1));
        }
        return text.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    /** With bytes as characters, whatever they are. */
    private static String raw(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Property(tries = 3000)
    void aSecretAnywhereInALineIsNeverInTheRecord(@ForAll Random random) {
        String secret = SECRETS.get(random.nextInt(SECRETS.size()));
        String[] around = {" ", "\"", "'", "(", "\n", "=", ":", ",", "\\n", "\u0000", "\u00ff", ""};
        String before = around[random.nextInt(around.length - 1)];
        String after = around[random.nextInt(around.length - 1)];
        // Nothing at all around it is at the line's ends.
        byte[] front = random.nextInt(5) == 0
                ? new byte[0]
                : join(bytes(random, 30), before.getBytes(StandardCharsets.ISO_8859_1));
        byte[] back = random.nextInt(5) == 0
                ? new byte[0]
                : join(after.getBytes(StandardCharsets.ISO_8859_1), bytes(random, 30));
        byte[] line = join(front, secret.getBytes(StandardCharsets.ISO_8859_1), back);

        String shown = raw(line(PRESETS, line));

        assertThat(shown).as(raw(line)).doesNotContain(secret).contains("[redacted:");
    }

    @Property(tries = 3000)
    void aLineWithoutASecretStaysAsItIsByteForByte(@ForAll Random random) {
        byte[] event = event(bytes(random, 60));
        Redaction redaction = Redaction.of(PRESETS);
        redactor.use(redaction);
        MsgpackCursor record = new MsgpackCursor().at(event, 0);
        byte[] before = event.clone();

        MsgpackCursor clean = redactor.redact(record, redaction.active("grid.a"));

        assertThat(clean).as("no copy, even").isSameAs(record);
        assertThat(clean.position()).isZero();
        assertThat(event).isEqualTo(before);
    }

    /** What is shown is what came, in its order, with nothing but replacements between. */
    @Property(tries = 5000)
    void whateverComesNothingIsAddedButReplacements(@ForAll Random random) {
        List<RedactionRule> rules = new ArrayList<>(PRESETS);
        rules.add(own("own", "x+|\u00e9"));
        List<String> likely = List.of(
                "password",
                "=",
                ":",
                "\"",
                "\\",
                "'",
                "token",
                "4111",
                "111111111111",
                " ",
                "-",
                "--",
                "_",
                "Bearer ",
                "Basic ",
                "AKIA",
                "IOSFODNN7EXAMPLE",
                "eyJ",
                ".",
                "abcdefgh1",
                "://",
                "@",
                "-----BEGIN ",
                "PRIVATE KEY",
                "-----END ",
                "gh" + "p_",
                "x",
                "\u00e9",
                "\u00ff",
                "{",
                "}",
                ",",
                "\n",
                "secret",
                "apikey");
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int left = random.nextInt(40); left > 0; left--) {
            String one = likely.get(random.nextInt(likely.size()));
            text.writeBytes(one.getBytes(random.nextBoolean() ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1));
        }
        String came = raw(text.toByteArray());

        String shown = raw(line(rules, text.toByteArray()));

        int at = 0;
        for (String kept : shown.split("\\[redacted:[a-z_]+]|\\*\\*\\*", -1)) {
            int found = came.indexOf(kept, at);
            assertThat(found).as("%s in %s of %s", kept, shown, came).isNotNegative();
            at = found + kept.length();
        }
    }

    /** Each of these takes minutes when anything is looked at again and again. */
    @ParameterizedTest
    @Timeout(60)
    @ValueSource(
            strings = {
                "password=", "\"password\":\"", "password=null}", "token=", "token:", "eyJ", "-eyJ", "eyJaaaaaaaa.",
                        "://", "://a:", "@",
                "4", "4 ", "4111 ", "4111-", "--password ", "-", "_", "github_pat_", "-----BEGIN ",
                        "-----BEGIN PRIVATE KEY", "Bearer ",
                "Basic ", "\\", "\\\"", "password=\\\"", "secret:'", "AIza", "xoxb-", "=", ":", "_=", "\u00e9"
            })
    void itTakesNoLongerThanTheTextIsLong(String repeated) {
        String text = repeated.repeat((1 << 20) / repeated.length());
        List<RedactionRule> rules = new ArrayList<>(PRESETS);
        rules.add(own("own", "(?:a+)+b"));
        assertThat(line(rules, text)).isNotEmpty();
        assertThat(line(rules, "x" + text + "password=1")).isNotEmpty();
    }

    @Test
    void whatIsInALineMoreOftenThanAnybodyReadsIsNotShownAtAll() {
        assertThat(line(PRESETS, "password=1 ".repeat(Spans.MOST)))
                .isEqualTo("password=[redacted:passwords] ".repeat(Spans.MOST));
        assertThat(line(PRESETS, "password=1 ".repeat(Spans.MOST + 1)))
                .isEqualTo("[not shown: rule passwords of record.redact gave up]");
        assertThat(metrics.redactionGaveUp.of("passwords").sum()).isOne();
    }

    @ParameterizedTest
    @CsvSource({
        "order-[0-9]{8}, an order-12345678 here, an *** here",
        "(?<=pin )\\d+, pin 1234 of 1, pin *** of 1",
        "(?i)SECRET, a Secret secret, a *** ***",
        "é+, caféé ñ, caf*** ñ",
        "[^\\p{ASCII}], aé😀b, a******b",
        "(a|b), abc, ******c",
        "a*, bab, b***b",
    })
    void rulesOfOnesOwnReplaceWhatTheyMatch(String pattern, String line, String shown) {
        assertThat(line(List.of(own("mine", pattern)), line)).isEqualTo(shown);
    }

    @Test
    void placesAreRightBehindBytesThatAreNoUtf8() {
        byte[] line = {
            'a',
            (byte) 0xff,
            (byte) 0xc3,
            'x',
            (byte) 0xf0,
            (byte) 0x9f,
            (byte) 0x98,
            (byte) 0x80,
            (byte) 0x80,
            'x',
            'b'
        };
        byte[] shown = line(List.of(own("mine", "x")), line);
        assertThat(shown)
                .containsExactly('a', 0xff, 0xc3, '*', '*', '*', 0xf0, 0x9f, 0x98, 0x80, 0x80, '*', '*', '*', 'b');
    }

    @Test
    void whatOneRuleFindsHidesNothingFromAnother() {
        List<RedactionRule> rules = new ArrayList<>(PRESETS);
        rules.add(own("mine", "1111 end"));
        assertThat(line(rules, "password=4111 1111 1111 1111 end")).isEqualTo("password=[redacted:passwords]");
        assertThat(metrics.redacted.of("passwords").sum()).isOne();
        assertThat(metrics.redacted.of("card_numbers").sum()).isOne();
        assertThat(metrics.redacted.of("mine").sum()).isOne();
    }

    /** An expression that tries all ways, and one that recurses for each character. */
    @ParameterizedTest
    @Timeout(60)
    @CsvSource({"(?:a|aa)*c, 20000", "(?:a|b)*c, 1000000", ".*x.*y, 200000"})
    void aLineForWhichARuleTakesTooLongIsNotShown(String pattern, int length) {
        String line = "a".repeat(length) + "!";
        assertThat(line(List.of(own("slow", pattern)), line))
                .isEqualTo("[not shown: rule slow of record.redact gave up]");
        assertThat(metrics.redactionGaveUp.of("slow").sum()).isOne();
        assertThat(metrics.redacted.of("slow").sum()).isZero();
        assertThat(line(List.of(own("slow", pattern)), "b!")).as("the next is").isEqualTo("b!");
    }

    @Test
    void whatBecomesTooLargeIsNotShown() {
        String long256 = "y".repeat(256);
        RedactionRule rule = new RedactionRule("grows", new What.Matching("xx"), Optional.of(long256), List.of("**"));
        assertThat(line(List.of(rule), "xx-".repeat(4000))).isEqualTo((long256 + "-").repeat(4000));
        String large = "z".repeat(FrameBatch.MAX_PAYLOAD_BYTES - 100) + "xx";
        assertThat(line(List.of(rule), large)).isEqualTo("[not shown: rule grows of record.redact gave up]");
    }

    @Test
    void anEventOfNothingButMatchesHasABound() throws IOException {
        RedactionRule rule =
                new RedactionRule("grows", new What.Matching("x"), Optional.of("y".repeat(256)), List.of("**"));
        int texts = 500_000;
        MsgpackCursor clean = redact(List.of(rule), Encoded.pack(packer -> {
            packer.packMapHeader(1).packString("a").packArrayHeader(texts);
            for (int i = 0; i < texts; i++) {
                packer.packString("x");
            }
        }));
        assertThat(clean.bytes().length).isLessThan(6 * FrameBatch.MAX_PAYLOAD_BYTES);
        assertThat(raw(clean.bytes())).doesNotContain("x");
    }

    @Test
    void allTextsOfAnEventAreLookedAt() throws IOException {
        assertThat(fields(PRESETS, packer -> {
                            packer.packMapHeader(7);
                            packer.packString("log").packString("AKIAIOSFODNN7EXAMPLE");
                            packer.packString("label").packString("a 4111111111111111 b");
                            packer.packInt(7).packString("password=x");
                            packer.packString("in").packMapHeader(2);
                            packer.packString("a").packArrayHeader(2).packInt(1).packString("postgres://a:b@c");
                            packer.packString("DB_PASSWORD").packString("hunter2");
                            packer.packString("passwords").packString("hunter2");
                            packer.packString("api-key").packString("short");
                            packer.packString("Secret")
                                    .packArrayHeader(2)
                                    .packString("one")
                                    .packLong(2);
                        })
                        .toJson())
                .isEqualTo("{\"log\":\"[redacted:aws_keys]\",\"label\":\"a [redacted:card_numbers] b\","
                        + "\"7\":\"password=[redacted:passwords]\","
                        + "\"in\":{\"a\":[1,\"postgres://a:[redacted:passwords]@c\"],\"DB_PASSWORD\":\"[redacted:passwords]\"},"
                        + "\"passwords\":\"hunter2\",\"api-key\":\"short\",\"Secret\":[\"[redacted:passwords]\",2]}");
    }

    /** By these pieces are joined, and keys made. */
    @Test
    void whatDockerSaysOfContainerAndPieceStays() throws IOException {
        String id = "0123456789abcdef".repeat(4);
        assertThat(fields(List.of(own("hex", "[0-9a-f]{16,}")), packer -> {
                            packer.packMapHeader(5);
                            packer.packString("container_id").packString(id);
                            packer.packString("container_name").packString("/" + id);
                            packer.packString("partial_id").packString(id);
                            packer.packString("other").packString(id);
                            packer.packString("log").packString(id);
                        })
                        .toJson())
                .isEqualTo(
                        "{\"container_id\":\"%s\",\"container_name\":\"/%s\",\"partial_id\":\"%s\",\"other\":\"***\",\"log\":\"***\"}"
                                .formatted(id, id, id));
    }

    @Test
    void aRuleHoldsForItsTags() {
        RedactionRule shop =
                new RedactionRule("passwords", new What.Known(Preset.PASSWORDS), Optional.empty(), List.of("shop.**"));
        Redaction redaction = Redaction.of(List.of(shop, own("mine", "x")));
        long everywhere = redaction.active("grid.a");
        assertThat(Long.bitCount(everywhere)).isOne();
        assertThat(redaction.active("shop.web")).isEqualTo(everywhere | (1L << Preset.PASSWORDS.place()));
        assertThat(Redaction.NONE.active("shop.web")).isZero();
    }
}
