package logstream.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import logstream.deploy.templates.StackParameter;
import logstream.deploy.templates.StackTemplate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** The templates in the jar, and what the tool reads from them. */
class StackTemplateTest {
    static final List<String> NAMES = StackTemplate.NAMES;

    private static final StackTemplate SAMPLE = parse("""
            Description: 'Logstream: a sample'
            Parameters:
              Count: {Type: Number, Default: 2, MinValue: 1, MaxValue: 10}
              Mail: {Type: String, Default: '', AllowedPattern: '([^@]+@[^@]+)?', ConstraintDescription: a mail address}
              Mode: {Type: String, AllowedValues: ['ON', 'OFF']}
              Short: {Type: String, MinLength: 1, MaxLength: 3}
              Password: {Type: String, NoEcho: true}
              Lists: {Type: CommaDelimitedList, AllowedPattern: 'a'}
            Resources:
              Stream:
                Type: AWS::Kinesis::Stream
                DeletionPolicy: Retain
                Properties: {ShardCount: !If [IsOn, !Ref Count, !Ref AWS::NoValue]}
              Role: {Type: 'AWS::IAM::Role', Properties: {Arn: !GetAtt Stream.Arn, Text: !Sub '${Stream}'}}
            """);

    private static StackTemplate parse(String text) {
        try {
            return StackTemplate.parse("sample", text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theJarHasEveryTemplateOfTheRepository() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("../cloudformation"))) {
            assertThat(files.map(file -> file.getFileName().toString())
                            .filter(file -> file.endsWith(".yaml"))
                            .map(file -> file.replace(".yaml", "")))
                    .containsExactlyInAnyOrderElementsOf(StackTemplate.NAMES);
        }
        for (String name : StackTemplate.NAMES) {
            assertThat(StackTemplate.named(name).orElseThrow().body())
                    .isEqualTo(Files.readString(Path.of("../cloudformation/" + name + ".yaml")));
        }
    }

    /** CloudFormation takes 51,200 bytes in a call; more would have to lie in S3. */
    @ParameterizedTest
    @FieldSource("NAMES")
    void itFitsIntoACall(String name) {
        StackTemplate template = StackTemplate.named(name).orElseThrow();
        assertThat(template.body().getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(51_200);
        assertThat(template.description()).startsWith("Logstream: ");
        assertThat(template.resourceTypes()).isNotEmpty();
    }

    @Test
    void theStreamHasTheParametersThatHaveOptions() {
        StackTemplate kinesis = StackTemplate.named("kinesis").orElseThrow();
        assertThat(kinesis.parameter(ParameterOptions.SHARD_COUNT)).isPresent();
        assertThat(kinesis.parameter(ParameterOptions.ALERT_MAIL)).isPresent();
        assertThat(kinesis.kept()).contains("Stream");
        assertThat(kinesis.makesRoles()).isFalse();
        assertThat(StackTemplate.named("../kinesis")).isEmpty();
    }

    @Test
    void aTemplateIsRead() {
        assertThat(SAMPLE.resourceTypes())
                .isEqualTo(Map.of("Stream", "AWS::Kinesis::Stream", "Role", "AWS::IAM::Role"));
        assertThat(SAMPLE.kept()).containsExactly("Stream");
        assertThat(SAMPLE.makesRoles()).isTrue();
        assertThat(SAMPLE.parameters().stream().map(StackParameter::name).collect(Collectors.joining(" ")))
                .isEqualTo("Count Mail Mode Short Password Lists");
        assertThat(SAMPLE.parameter("Password").orElseThrow().hidden()).isTrue();
        assertThat(SAMPLE.parameter("Count").orElseThrow().defaultValue()).contains("2");
        assertThat(SAMPLE.parameter("Mode").orElseThrow().defaultValue()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            Count | 1     | -
            Count | 10    | -
            Count | 0     | is less than 1
            Count | 11    | is more than 10
            Count | two   | is no number
            Mail  | ''    | -
            Mail  | a@b   | -
            Mail  | ab    | does not match ([^@]+@[^@]+)?: a mail address
            Mode  | OFF   | -
            Mode  | off   | is none of ON, OFF
            Short | abc   | -
            Short | ''    | has less than 1 characters
            Short | abcd  | has more than 3 characters
            Lists | x,y   | -
            """)
    void valuesAreChecked(String parameter, String value, @Nullable String problem) {
        assertThat(SAMPLE.parameter(parameter).orElseThrow().problem(value)).isEqualTo(Optional.ofNullable(problem));
    }
}
