package logstream.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import logstream.bench.load.Amount;
import logstream.bench.load.LoadPlan;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command line of the benchmark. */
@Command(
        name = "agent/bench/run",
        description = {
            "Measure the built agent: what it takes, what it costs, and that nothing is lost.",
            "The agent, a counting sink and a load generator run as separate processes."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  The usual three, three runs each:          agent/bench/run",
            "  One scenario, quickly:                     agent/bench/run S1 --runs 1 --records 500000",
            "  Everything, into the documentation:        agent/bench/run --write-docs all",
            "  What sink and load generator can do:       agent/bench/run --self",
            "  A flight recording of the agent:           LOGSTREAM_JAVA_OPTS=-XX:StartFlightRecording:filename=/tmp/s1.jfr \\",
            "                                                 agent/bench/run S1 --runs 1",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:Measured", "1:A run failed, or lines were lost or out of order", "2:Wrong options"})
public final class Benchmark implements Callable<Integer> {
    private static final List<String> USUAL = List.of("S1", "S2", "S3");

    @Parameters(
            paramLabel = "SCENARIO",
            arity = "0..*",
            description = "S1, S9 (a group), S9-20, ... or all; S1 S2 S3 unless given. --list tells them.")
    private List<String> names = List.of();

    @Option(names = "--list", description = "List the scenarios.")
    private boolean list;

    @Option(
            names = "--runs",
            paramLabel = "N",
            description = "Runs of each; the table has their median. 3 unless given.")
    private int runs = 3;

    @Option(names = "--json", description = "Print JSON to standard output; the table goes to standard error.")
    private boolean json;

    @Option(names = "--plain", description = "HTTP without TLS between agent and sink.")
    private boolean plain;

    @Option(names = "--self", description = "Measure load generator and sink alone, each without the agent.")
    private boolean self;

    @Option(names = "--write-docs", description = "Write table and plot into agent/docs/performance.md and .svg.")
    private boolean writeDocs;

    @Option(
            names = "--work",
            paramLabel = "DIR",
            description = "Folder of the buffers, on the disk to be measured; agent/target/bench unless given.")
    private @Nullable Path work;

    @Option(names = "--records", paramLabel = "N", description = "Send so many records instead.")
    private @Nullable Long records;

    @Option(names = "--seconds", paramLabel = "S", description = "Send for so long instead.")
    private @Nullable Double seconds;

    @Option(names = "--warm-up", paramLabel = "N", description = "Records sent before measuring; 0 for none.")
    private @Nullable Long warmUp;

    @Option(names = "--connections", paramLabel = "N", description = "So many connections instead.")
    private @Nullable Integer connections;

    @Option(names = "--idle", paramLabel = "N", description = "So many silent connections beside them.")
    private @Nullable Integer idle;

    @Option(names = "--line", paramLabel = "BYTES", description = "Lines of so many bytes instead, 20 or more.")
    private @Nullable Integer lineBytes;

    @Option(names = "--rate", paramLabel = "N", description = "So many records a second instead; 0 for full speed.")
    private @Nullable Long rate;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    public static void main(String[] args) {
        Locale.setDefault(Locale.ROOT);
        System.exit(new CommandLine(new Benchmark()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        if (list) {
            Scenarios.all().forEach(scenario -> System.out.printf("%-17s %s%n", scenario.name(), scenario.what()));
            return 0;
        }
        Path module = Path.of(System.getProperty("logstream.module", "agent"));
        Path temporary = Files.createTempDirectory("logstream-bench");
        try {
            Certificate certificate = plain ? null : Certificate.make(temporary);
            Path folder = work == null ? module.resolve("target/bench") : work;
            Rig.Place place = new Rig.Place(module.resolve("bin/logstream"), folder.toAbsolutePath(), certificate);
            if (self) {
                System.out.print(SelfCheck.run(place));
                return 0;
            }
            List<Result> results = measureAll(chosen(), place);
            return tell(results, module);
        } finally {
            Rig.delete(temporary);
        }
    }

    private List<Scenario> chosen() {
        Set<Scenario> chosen = new LinkedHashSet<>();
        for (String name : names.isEmpty() ? USUAL : names) {
            List<Scenario> found = Scenarios.all().stream()
                    .filter(scenario -> name.equals("all") || scenario.answersTo(name))
                    .toList();
            if (found.isEmpty()) {
                throw new ParameterException(
                        spec.commandLine(), "there is no scenario " + name + "; --list tells them");
            }
            chosen.addAll(found);
        }
        if (runs < 1) {
            throw new ParameterException(spec.commandLine(), "--runs " + runs + " is not 1 or more");
        }
        if (writeDocs && isChanged()) {
            throw new ParameterException(
                    spec.commandLine(), "--write-docs goes with scenarios as they are, without changes to their load");
        }
        try {
            return chosen.stream().map(this::changed).toList();
        } catch (IllegalArgumentException wrong) {
            throw new ParameterException(spec.commandLine(), wrong.getMessage(), wrong);
        }
    }

    private boolean isChanged() {
        return records != null
                || seconds != null
                || warmUp != null
                || connections != null
                || idle != null
                || lineBytes != null
                || rate != null;
    }

    private Scenario changed(Scenario scenario) {
        LoadPlan load = scenario.load();
        load = connections == null ? load : load.withConnections(connections);
        load = idle == null ? load : load.withIdle(idle);
        load = lineBytes == null ? load : load.withLineBytes(lineBytes);
        load = rate == null ? load : load.withRate(rate);
        Scenario changed = scenario.with(load);
        if (records != null || seconds != null) {
            changed = changed.lasting(new Amount(records == null ? 0 : records, seconds == null ? 0 : seconds, false));
        }
        return warmUp == null ? changed : changed.warmedUpBy(Amount.ofRecords(warmUp));
    }

    private List<Result> measureAll(List<Scenario> scenarios, Rig.Place place) throws IOException {
        List<Result> results = new ArrayList<>();
        for (Scenario scenario : scenarios) {
            List<Run> done = new ArrayList<>();
            List<String> failures = new ArrayList<>();
            for (int run = 1; run <= runs; run++) {
                System.err.printf("%s, run %d of %d: %s%n", scenario.name(), run, runs, scenario.what());
                try {
                    done.add(
                            scenario.disturbance() instanceof Disturbance.Starts(int times)
                                    ? StartRun.of(scenario, times, place)
                                    : ScenarioRun.of(scenario, place));
                } catch (RunFailedException failed) {
                    System.err.println(scenario.name() + ": " + failed.getMessage());
                    failures.add(failed.inOneLine());
                }
            }
            results.add(new Result(scenario, List.copyOf(done), List.copyOf(failures)));
        }
        return results;
    }

    private int tell(List<Result> results, Path module) throws IOException {
        PrintStream people = json ? System.err : System.out;
        people.print(ResultTable.of(results));
        people.print(ResultTable.remarks(results));
        if (json) {
            System.out.println(ResultJson.of(Machine.here(), results));
        }
        if (writeDocs) {
            PerformancePage.write(module.resolve("docs"), Machine.here(), runs, results);
        }
        return results.stream().allMatch(result -> result.complaints().isEmpty()) ? 0 : 1;
    }
}
