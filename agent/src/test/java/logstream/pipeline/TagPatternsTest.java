package logstream.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TagPatternsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    grid          | grid                    | true
                    grid          | grid.a                  | false
                    grid          | grids                   | false
                    grid.**       | grid                    | true
                    grid.**       | grid.a                  | true
                    grid.**       | grid.a.b                | true
                    grid.**       | grids                   | false
                    grid.**       | agrid.a                 | false
                    grid.*        | grid.a                  | true
                    grid.*        | grid.a.b                | false
                    grid.*        | grid                    | false
                    a.*.c         | a.b.c                   | true
                    a.*.c         | a.c                     | false
                    a.**.c        | a.c                     | true
                    a.**.c        | a.x.y.c                 | true
                    **            | anything.at.all         | true
                    **.log        | log                     | true
                    **.log        | a.b.log                 | true
                    **.log        | alog                    | false
                    {a,b}.c       | a.c                     | true
                    {a,b}.c       | b.c                     | true
                    {a,b}.c       | c.c                     | false
                    {a,b.**}      | b.x.y                   | true
                    {a,**.z}      | q.z                     | true
                    a b.*         | b.c                     | true
                    a b.*         | a                       | true
                    grid.**       | grid.devel/www-data/redis-test:devel/www-data/redis-test | true
                    a.[x]         | a.[x]                   | true
                    a.[x]         | a.x                     | false
                    """)
    void fluentdsSyntax(String pattern, String tag, boolean matches) {
        assertThat(TagPatterns.of(List.of(pattern)).match(tag)).isEqualTo(matches);
    }

    @Test
    void oneOfSeveralPatternsIsEnough() {
        TagPatterns patterns = TagPatterns.of(RecordConfig.DEFAULT.tags());
        assertThat(patterns.match("grid")).isTrue();
        assertThat(patterns.match("grid.x")).isTrue();
        assertThat(patterns.match("other")).isFalse();
    }

    @Test
    void aTagMayHoldNewlines() {
        assertThat(TagPatterns.of(List.of("a.**")).match("a.b\nc")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "a.{b", "a.b}"})
    void whatIsNoPatternIsRefused(String pattern) {
        assertThatThrownBy(() -> TagPatterns.of(List.of(pattern))).isInstanceOf(IllegalArgumentException.class);
    }
}
