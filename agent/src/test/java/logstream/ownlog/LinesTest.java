package logstream.ownlog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** That every line of the program is bounded by its kind: each has a form that is written in the source. */
class LinesTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Pattern CALL = Pattern.compile("\\b(?i:LOG)\\.(?:error|warn|info|debug|trace)\\(\\s*(.)");

    @Test
    void everyFormIsAConstantAndTheyAreFewerThanTheKindsThatAreToldApart() throws IOException {
        int forms = 0;
        List<String> filled = new ArrayList<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file :
                    files.filter(one -> one.toString().endsWith(".java")).toList()) {
                String text = Files.readString(file);
                for (Matcher call = CALL.matcher(text); call.find(); ) {
                    forms++;
                    if (!call.group(1).equals("\"")) {
                        filled.add(file + ": " + call.group());
                    }
                }
            }
        }
        assertThat(filled).as("calls whose first argument is no text").isEmpty();
        assertThat(forms).isBetween(90, Repeats.MOST_KINDS - 50);
    }

    @Test
    void thereIsOneWayOut() throws IOException {
        String logback = Files.readString(Path.of("src/main/resources/logback.xml"));
        assertThat(Pattern.compile("<appender ").matcher(logback).results()).hasSize(1);
        assertThat(logback).contains("class=\"" + OwnLogAppender.class.getName() + "\"");
    }
}
