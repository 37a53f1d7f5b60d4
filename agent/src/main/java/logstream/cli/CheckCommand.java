package logstream.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import logstream.config.ConfigException;
import logstream.config.ConfigFile;
import logstream.config.LoadedConfig;
import logstream.kinesis.AccessCheck;
import logstream.kinesis.AccessCheck.Answer;
import logstream.kinesis.AccessCheck.Finding;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells what is wrong with a configuration, before an agent is started with it. */
@Command(
        name = "check",
        description = "Tell everything that is wrong with a configuration; with --online also what AWS would refuse.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  Before a changed file is loaded:",
            "    logstream check /etc/logstream/logstream.yml && docker kill -s HUP logstream",
            "  On a new host, with the agent's own environment and user:",
            "    sudo -u logstream logstream check --online /etc/logstream/logstream.yml",
            "",
            "--online asks with the credentials found where it runs, and writes nothing: whether PutRecords is",
            "allowed is asked with a record that Kinesis must refuse for its hash key.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Nothing is wrong",
            "1:--online: something the agent needs is missing, or AWS did not answer",
            "2:Wrong options or wrong configuration",
            "3:--online: nothing is known to be missing, but not all could be told"
        })
final class CheckCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "Configuration, in YAML.")
    private Path file = Path.of("");

    @Option(
            names = "--online",
            description = "Ask AWS, too: credentials, the stream, and each permission that the agent needs.")
    private boolean online;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Failure {
        LoadedConfig loaded = load(file);
        PrintWriter out = spec.commandLine().getOut();
        out.println(file + ": nothing is wrong");
        if (!online) {
            out.flush();
            return ExitCode.OK;
        }
        List<Finding> findings = AccessCheck.of(loaded.config().kinesis());
        out.println("AWS, asked about the stream " + loaded.config().kinesis().stream() + ":");
        for (Finding finding : findings) {
            out.println("  " + word(finding.answer()) + finding.what() + ": " + TerminalText.safe(finding.said()));
            if (!finding.advice().isEmpty()) {
                out.println("               " + finding.advice());
            }
        }
        out.flush();
        return exitCode(findings);
    }

    /** @throws Failure when something is wrong with the file */
    static LoadedConfig load(Path file) throws Failure {
        try {
            return ConfigFile.load(file);
        } catch (ConfigException wrong) {
            throw new Failure(ExitCode.USAGE, String.valueOf(wrong.getMessage()), wrong);
        }
    }

    private static String word(Answer answer) {
        return switch (answer) {
            case YES -> "ok           ";
            case NO -> "MISSING      ";
            case UNKNOWN -> "not told     ";
            case NOTE -> "note         ";
        };
    }

    private static int exitCode(List<Finding> findings) {
        if (findings.stream().anyMatch(finding -> finding.answer() == Answer.NO)) {
            return ExitCode.FAILED;
        }
        return findings.stream().anyMatch(finding -> finding.answer() == Answer.UNKNOWN) ? ExitCode.LEFT : ExitCode.OK;
    }
}
