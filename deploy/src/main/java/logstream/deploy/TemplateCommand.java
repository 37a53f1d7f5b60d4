package logstream.deploy;

import java.io.PrintWriter;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import logstream.deploy.templates.StackParameter;
import logstream.deploy.templates.StackTemplate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints a template, or what it asks for. */
@Command(
        name = "template",
        description = "Print a CloudFormation template; without a name, list them.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  What can be set:",
            "    logstream-deploy template kinesis --parameters",
            "  For another tool:",
            "    logstream-deploy template kinesis > kinesis.yaml",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:Printed", "2:Wrong options"})
final class TemplateCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "TEMPLATE",
            arity = "0..1",
            converter = KnownTemplate.class,
            description = "One of kinesis, alert, agent-role, consumer-role, agents, ecs-daemon.")
    private @Nullable StackTemplate template;

    @Option(
            names = "--parameters",
            description = "Print its parameters instead: what they are for, and their defaults.")
    private boolean parameters;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Failure {
        PrintWriter out = spec.commandLine().getOut();
        if (template == null) {
            if (parameters) {
                throw new Failure(ExitCode.USAGE, "--parameters wants the name of a template");
            }
            list(out);
        } else if (parameters) {
            template.parameters().forEach(one -> print(one, out));
        } else {
            out.print(template.body());
        }
        out.flush();
        return ExitCode.OK;
    }

    private static void list(PrintWriter out) {
        Table table = new Table(List.of("TEMPLATE", "WHAT"), Set.of());
        for (String name : StackTemplate.NAMES) {
            String description = StackTemplate.named(name).orElseThrow().description();
            table.add(name, description.replaceFirst("^Logstream: ", ""));
        }
        table.print(out);
    }

    private static void print(StackParameter one, PrintWriter out) {
        String fallback = one.defaultValue()
                .map(value -> value.isEmpty() ? "may be left out" : "default " + value)
                .orElse("must be given");
        out.println(one.name() + " (" + fallback + ")");
        out.println("    " + one.description());
        if (!one.allowedValues().isEmpty()) {
            out.println("    One of " + String.join(", ", one.allowedValues()));
        }
    }
}
