package logstream.forward;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import logstream.metrics.Metrics.MalformedCause;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Marked payloads, whole and broken at each of their bytes, in every form of message: whatever is said of them on any level,
 * the mark is not in it.
 */
class PayloadNotLoggedTest {
    private static final String MARK = "Q7Z9";
    private static final String TEXT = MARK.repeat(8);
    private static final byte[] BREAKS = {(byte) 0xc1, (byte) 0xff, 0, (byte) 0xdf, (byte) 0xc4, '{', '"'};

    private final Logger logger = (Logger) LoggerFactory.getLogger("logstream");
    private final Set<String> marked = new TreeSet<>();
    private final Set<String> forms = new TreeSet<>();
    private final Watch watch = new Watch();

    private final class Watch extends AppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent event) {
            String all = event.getFormattedMessage()
                    + (event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy()));
            forms.add(event.getMessage());
            if (all.contains(MARK)) {
                marked.add(event.getLoggerName() + " " + all);
            }
        }
    }

    @BeforeEach
    void listen() {
        logger.setLevel(Level.DEBUG);
        logger.setAdditive(false);
        watch.start();
        logger.addAppender(watch);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(watch);
        logger.setAdditive(true);
        logger.setLevel(null);
    }

    private static Map<String, byte[]> messages() {
        byte[] fields = Wire.map("log", TEXT, TEXT, "value");
        byte[] entry = Wire.array(Wire.integer(1_700_000_000L), fields);
        byte[] tag = Wire.str("grid.tag");
        Map<String, byte[]> messages = new LinkedHashMap<>();
        messages.put("Message", Wire.array(tag, Wire.integer(1_700_000_000L), fields));
        messages.put("Forward", Wire.array(tag, Wire.array(entry, entry)));
        messages.put("PackedForward", Wire.array(tag, Wire.pack(p -> {
            p.packBinaryHeader(entry.length);
            p.addPayload(entry);
        })));
        messages.put(
                "JSON",
                ("[\"grid.tag\",1700000000,{\"log\":\"" + TEXT + "\",\"" + TEXT + "\":1}]\n").getBytes(US_ASCII));
        return messages;
    }

    @Test
    void noMarkIsInTheLog() {
        Set<MalformedCause> met = new TreeSet<>();
        messages().forEach((form, whole) -> {
            run(new ScriptedConnection(), met, whole);
            for (int bounded = 20; bounded <= 60; bounded += 20) {
                run(new ScriptedConnection(bounded), met, whole);
            }
            for (int at = 0; at < whole.length; at++) {
                run(new ScriptedConnection(), met, Arrays.copyOf(whole, at));
                for (byte wrong : BREAKS) {
                    byte[] broken = whole.clone();
                    broken[at] = wrong;
                    run(new ScriptedConnection(), met, broken);
                }
            }
        });

        assertThat(marked).isEmpty();
        assertThat(met)
                .contains(
                        MalformedCause.NOT_MSGPACK,
                        MalformedCause.NOT_JSON,
                        MalformedCause.NOT_A_MESSAGE,
                        MalformedCause.BROKEN_PAYLOAD,
                        MalformedCause.CUT_OFF);
        assertThat(forms).as("kinds of lines that were looked at").hasSizeGreaterThanOrEqualTo(3);
    }

    private static void run(ScriptedConnection connection, Set<MalformedCause> met, byte[] bytes) {
        connection.run(ScriptedSocket.of(bytes));
        for (MalformedCause cause : MalformedCause.values()) {
            if (connection.malformed(cause) > 0) {
                met.add(cause);
            }
        }
    }
}
