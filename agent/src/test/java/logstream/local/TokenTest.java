package logstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenTest {
    private static final Token TOKEN = new Token(Token.ITERATOR, 1_000, 2, 3, 4, "n".repeat(128));

    @Test
    void turnsBackAndFitsWhatClientsTake() {
        assertThat(Token.parse(TOKEN.text())).hasValue(TOKEN);
        assertThat(TOKEN.text()).hasSizeLessThanOrEqualTo(512);
    }

    @Test
    void withAnyCharacterChangedItIsNone() {
        String text = TOKEN.text();
        for (int i = 0; i < text.length(); i++) {
            char other = text.charAt(i) == 'A' ? 'B' : 'A';
            String changed = text.substring(0, i) + other + text.substring(i + 1);
            // The last character may hold bits that stand for nothing.
            assertThat(Token.parse(changed).filter(token -> !token.equals(TOKEN)))
                    .isEmpty();
        }
        assertThat(Token.parse("")).isEmpty();
        assertThat(Token.parse("AAAA")).isEmpty();
    }

    @Test
    void isGoodForFiveMinutes() {
        assertThat(TOKEN.isExpired(301_000)).isFalse();
        assertThat(TOKEN.isExpired(301_001)).isTrue();
    }
}
