package logstream.ownlog;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Writes lines of the log.
 *
 * <p>Format: in UTF-8, each with a line feed at its end. Nothing that was filled in makes a line of its own: control
 * characters become spaces, and each line of a trace begins with a tab. A line is well below the 16 KiB at which Docker cuts.
 *
 * <p>Threading: stateless.
 */
final class LineForm {
    /** Characters of a message that are written. */
    static final int MOST_MESSAGE = 4_000;

    /** Characters of a trace that are written. */
    static final int MOST_TRACE = 6_000;

    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}+");
    private static final Pattern LINE_BEGIN = Pattern.compile("\\R\\s*");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private LineForm() {}

    /** A line to be. */
    record Said(Instant at, String level, String logger, String message, Optional<String> trace) {
        static Said of(ILoggingEvent event) {
            IThrowableProxy thrown = event.getThrowableProxy();
            return new Said(
                    event.getInstant(),
                    event.getLevel().toString(),
                    event.getLoggerName(),
                    String.valueOf(event.getFormattedMessage()),
                    Optional.ofNullable(thrown).map(ThrowableProxyUtil::asString));
        }
    }

    static byte[] bytes(Said said, OwnLogConfig.Format format) {
        return switch (format) {
            case TEXT -> text(said);
            case JSON -> json(said);
        };
    }

    private static byte[] text(Said said) {
        StringBuilder line = new StringBuilder()
                .append(TIME.format(said.at))
                .append(' ')
                .append(said.level)
                .repeat(' ', Math.max(1, 6 - said.level.length()))
                .append(said.logger.substring(said.logger.lastIndexOf('.') + 1))
                .append(' ')
                .append(message(said))
                .append('\n');
        said.trace.ifPresent(trace -> line.append('\t')
                .append(LINE_BEGIN.matcher(bounded(trace.strip(), MOST_TRACE)).replaceAll("\n\t"))
                .append('\n'));
        return line.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] json(Said said) {
        ObjectNode object = MAPPER.createObjectNode()
                .put("time", TIME.format(said.at))
                .put("level", said.level)
                .put("logger", said.logger)
                .put("message", message(said));
        said.trace.ifPresent(trace -> object.put("trace", bounded(trace.strip(), MOST_TRACE)));
        try {
            return (MAPPER.writeValueAsString(object) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("a line of the log cannot be written", e);
        }
    }

    private static String message(Said said) {
        return CONTROL.matcher(bounded(said.message, MOST_MESSAGE)).replaceAll(" ");
    }

    private static String bounded(String text, int most) {
        return text.length() <= most
                ? text
                : text.substring(0, most) + " ... (" + (text.length() - most) + " more characters)";
    }
}
