package logstream.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import logstream.config.EffectiveSetting;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints every setting, as it would hold for an agent started here. */
@Command(
        name = "show",
        description = "Print every setting with the value that would hold here and now, and where that is from: the"
                + " default, a line of the file, an environment variable, a file of a secret. Secrets are masked.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  What is not as it is by default:",
            "    logstream config show /etc/logstream/logstream.yml | grep -v default",
            "  The same for a program:",
            "    logstream config show --json /etc/logstream/logstream.yml | jq 'select(.line > 0)'",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:Printed", "2:Wrong options or wrong configuration"})
final class ConfigShowCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "Configuration, in YAML.")
    private Path file = Path.of("");

    @Option(names = "--json", description = "Print a JSON object for each setting, one in a line.")
    private boolean json;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Failure, IOException {
        List<EffectiveSetting> settings = CheckCommand.load(file).effective();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            for (EffectiveSetting setting : settings) {
                print(setting, out);
            }
        } else {
            Table table = new Table(List.of("SETTING", "FROM", "VALUE"), Set.of());
            for (EffectiveSetting setting : settings) {
                table.add(
                        setting.key(),
                        TerminalText.safe(setting.origin().toString()),
                        TerminalText.safe(setting.value().orElse("(not set)")));
            }
            table.print(out);
        }
        out.flush();
        return ExitCode.OK;
    }

    private static void print(EffectiveSetting setting, PrintWriter to) throws IOException {
        JsonOutput.line(to, out -> {
            out.writeStringField("key", setting.key());
            if (setting.value().isPresent()) {
                out.writeStringField("value", setting.value().get());
            }
            out.writeNumberField("line", setting.origin().line());
            out.writeArrayFieldStart("sources");
            for (String source : setting.origin().sources()) {
                out.writeString(source);
            }
            out.writeEndArray();
            out.writeBooleanField("reloadable", setting.reloadable());
        });
    }
}
