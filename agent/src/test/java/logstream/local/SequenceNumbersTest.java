package logstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class SequenceNumbersTest {
    private static final long SECOND = 1_795_000_000L;
    private final SequenceNumbers numbers = new SequenceNumbers(SECOND, 3);

    @Property(tries = 200)
    void numbersHave56DigitsGrowAndTurnBack(@ForAll @LongRange(min = 0, max = Long.MAX_VALUE - 1) long ordinal) {
        String number = numbers.of(ordinal);
        assertThat(number).hasSize(56).matches("[1-9]\\d*");
        assertThat(new BigInteger(numbers.of(ordinal + 1))).isGreaterThan(new BigInteger(number));
        assertThat(numbers.ordinal(number)).hasValue(ordinal);
    }

    @Test
    void anyOtherNumberIsNotOurs() {
        assertThat(numbers.ordinal("0")).isEmpty();
        assertThat(numbers.ordinal("9".repeat(129))).isEmpty();
        assertThat(numbers.ordinal(new SequenceNumbers(SECOND, 4).of(1))).isEmpty();
        assertThat(numbers.ordinal(new SequenceNumbers(SECOND + 1, 3).of(1))).isEmpty();
        assertThat(numbers.ordinal(
                        new BigInteger(numbers.of(7)).add(BigInteger.ONE).toString()))
                .isEmpty();
    }
}
