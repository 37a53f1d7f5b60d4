package logstream.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Text from elsewhere does not drive the terminal. */
class ShownTextTest {
    @Test
    void whatATerminalObeysIsMadeVisible() {
        assertThat(ShownText.line("a\u001b[31mred\u0007\u202e \n b\r\n", 100))
                .isEqualTo("a\\u001b[31mred\\u0007\\u202e   b");
    }

    @Test
    void itHasABound() {
        assertThat(ShownText.line("abcdef", 6)).isEqualTo("abcdef");
        assertThat(ShownText.line("abcdefg", 6)).isEqualTo("abcdef...");
    }
}
