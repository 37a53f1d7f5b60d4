package logstream.deploy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import logstream.deploy.templates.StackParameter;
import logstream.deploy.templates.StackTemplate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Values for a template's parameters. */
final class ParameterOptions {
    static final String SHARD_COUNT = "ShardCount";
    static final String ALERT_MAIL = "AlertMail";

    @Option(
            names = {"--shard-count", "--shard_count"},
            paramLabel = "N",
            description = "Shards of the stream: parameter " + SHARD_COUNT + ".")
    private @Nullable String shardCount;

    @Option(
            names = {"--alert-mail", "--logstream_alert_mail", "--logsteam_alert_mail"},
            paramLabel = "MAIL",
            description = "Who gets the alarms: parameter " + ALERT_MAIL + ".")
    private @Nullable String alertMail;

    @Option(
            names = {"--param", "-p"},
            paramLabel = "NAME=VALUE",
            description = "Any parameter of the template; may be given more than once. 'logstream-deploy template NAME "
                    + "--parameters' lists them.")
    private Map<String, String> parameters = new LinkedHashMap<>();

    /** The values by parameter, each of them one that the template takes. */
    Map<String, String> values(StackTemplate template) throws Failure {
        Map<String, String> values = new LinkedHashMap<>();
        put(values, SHARD_COUNT, shardCount);
        put(values, ALERT_MAIL, alertMail);
        for (Map.Entry<String, String> one : parameters.entrySet()) {
            if (values.containsKey(one.getKey())) {
                throw new Failure(ExitCode.USAGE, "the parameter " + one.getKey() + " is given twice");
            }
            values.put(one.getKey(), one.getValue());
        }
        for (Map.Entry<String, String> one : values.entrySet()) {
            check(template, one.getKey(), one.getValue());
        }
        return values;
    }

    /** What is left for the user to do when these values have come true; empty when nothing is. */
    static Optional<String> reminder(Map<String, String> values) {
        String mail = values.getOrDefault(ALERT_MAIL, "");
        return mail.isEmpty()
                ? Optional.empty()
                : Optional.of("AWS sends a mail to " + mail + ": no alarm arrives before its link was clicked once.");
    }

    private static void put(Map<String, String> values, String name, @Nullable String value) {
        if (value != null) {
            values.put(name, value);
        }
    }

    private static void check(StackTemplate template, String name, String value) throws Failure {
        List<StackParameter> declared = template.parameters();
        StackParameter parameter = template.parameter(name).orElse(null);
        if (parameter == null) {
            String known = declared.stream().map(StackParameter::name).collect(Collectors.joining(", "));
            throw new Failure(
                    ExitCode.USAGE,
                    "the template " + template.name() + " has no parameter " + name + "; it has " + known);
        }
        String problem = parameter.problem(value).orElse(null);
        if (problem != null) {
            String shown = parameter.hidden() ? "the value of " + name : name + "=" + value;
            throw new Failure(ExitCode.USAGE, shown + " " + problem);
        }
    }
}
