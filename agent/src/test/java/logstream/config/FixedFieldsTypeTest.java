package logstream.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import logstream.config.SettingType.WrongValueException;
import logstream.pipeline.AddedFieldsConfig.Field;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FixedFieldsTypeTest {
    private final FixedFieldsType type = new FixedFieldsType();

    @Test
    void aFieldIsANameAndWhateverIsBehindTheEqualsSign() throws Exception {
        assertThat(type.parse(List.of("a=b", "c.d@-_1==é ", "empty=", "timely=x", "LINE_=x")))
                .containsExactly(
                        new Field("a", "b"),
                        new Field("c.d@-_1", "=é "),
                        new Field("empty", ""),
                        new Field("timely", "x"),
                        new Field("LINE_", "x"));
    }

    @ParameterizedTest
    @CsvSource({
        "no sign, There is no '=' in 'no sign'",
        "=x, A field cannot be called ''",
        "time=x, A field cannot be called 'time'",
        "tag=x, A field cannot be called 'tag'",
        "log=x, A field cannot be called 'log'",
        "line_part=x, A field cannot be called 'line_part'",
        "partial_id=x, A field cannot be called 'partial_id'",
        "a b=x, A field cannot be called 'a b'",
        "é=x, A field cannot be called 'é'",
        "'a=b\tc', The text of 'a' has a control character",
    })
    void whatIsNoneIsSaid(String text, String hint) {
        assertThatThrownBy(() -> type.parse(List.of(text)))
                .isInstanceOf(WrongValueException.class)
                .hasMessage(hint);
    }

    @Test
    void theyAreBounded() throws Exception {
        List<String> most = IntStream.range(0, 32).mapToObj(i -> "f" + i + "=").toList();
        assertThat(type.parse(most)).hasSize(32);
        assertThatThrownBy(() -> type.parse(Collections.nCopies(33, "a="))).hasMessage("That are 33 fields");
        assertThat(type.parse(List.of("a=" + "é".repeat(128)))).hasSize(1);
        assertThatThrownBy(() -> type.parse(List.of("a=" + "é".repeat(128) + "x")))
                .hasMessage("The text of 'a' is too long");
        assertThat(type.parse(List.of("a".repeat(64) + "="))).hasSize(1);
        assertThatThrownBy(() -> type.parse(List.of("a".repeat(65) + "="))).hasMessageContaining("cannot be called");
        assertThatThrownBy(() -> type.parse(List.of("a=1", "a=2"))).hasMessage("The field 'a' is there twice");
    }
}
