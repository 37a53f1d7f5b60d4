package logstream.deploy.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** cloudformation/README.md tells of every parameter, output and alarm, each in the section of its template. */
class ReadmeTest {
    static final List<WrittenTemplate> TEMPLATES = WrittenTemplate.all();

    private static String section(String template) throws IOException {
        String readme = Files.readString(WrittenTemplate.FOLDER.resolve("README.md"));
        Matcher matcher = Pattern.compile("\n## " + Pattern.quote(template) + "\\.yaml\n(.*?)(?=\n## )", Pattern.DOTALL)
                .matcher(readme);
        assertThat(matcher.find()).as("a section about %s.yaml", template).isTrue();
        return template.equals("consumer-role") ? matcher.group() + section("agent-role") : matcher.group();
    }

    @ParameterizedTest
    @FieldSource("TEMPLATES")
    void itTellsOfEverything(WrittenTemplate template) throws IOException {
        String section = section(template.name());

        assertThat(named(template))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(section).contains("`" + name + "`"));
        template.parameters().properties().forEach(each -> {
            String value = each.getValue().path("Default").asText();
            if (!value.isEmpty() && !value.contains("/")) {
                assertThat(section).as(each.getKey()).contains("`" + value + "`");
            }
        });
    }

    private static List<String> named(WrittenTemplate template) {
        List<String> names = new ArrayList<>();
        template.parameters().fieldNames().forEachRemaining(names::add);
        template.outputs().fieldNames().forEachRemaining(names::add);
        for (Map.Entry<String, JsonNode> each : template.resources().properties()) {
            if (each.getValue().path("Type").asText().equals("AWS::CloudWatch::Alarm")) {
                names.add(each.getKey());
            }
        }
        return names;
    }
}
