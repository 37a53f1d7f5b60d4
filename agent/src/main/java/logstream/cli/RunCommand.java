package logstream.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import logstream.Agent;
import logstream.AgentConfig;
import logstream.Reload;
import logstream.StartException;
import logstream.config.ConfigException;
import logstream.forward.ListenAddress;
import logstream.monitor.MonitorConfig;
import logstream.ownlog.OwnLog;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the agent until a signal ends it. */
@Command(
        name = "run",
        description = "Run the agent: take lines from containers, ship them to the stream.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        customSynopsis = {"logstream run --config FILE", "       logstream run --local [OPTIONS OF --local]"},
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  Ship to the stream that the configuration names:",
            "    logstream run --config /etc/logstream/logstream.yml",
            "  Try everything on this machine, without configuration and account:",
            "    logstream run --local",
            "  A second one beside it:",
            "    logstream run --local --local-port 4568 --forward-port 24225 --monitor-port 24221 \\",
            "        --buffer /tmp/second-buffer",
            "",
            "SIGTERM or Ctrl-C ends it in order: what has arrived is written to the buffer and sent for a",
            "while (shutdown.grace); the rest is sent after the next start. A second Ctrl-C ends it at once.",
            "SIGHUP has it load its configuration again; with --local SIGHUP ends it, too.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Ended in order by a signal, or by 'logstream drain'",
            "1:Could not start: a port is taken, the buffer is in use, ...",
            "2:Wrong options or wrong configuration",
            "130:Ended at once by a second signal"
        })
final class RunCommand implements Callable<Integer> {
    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "Configuration, in YAML. Everything that is wrong with it is told at once.")
    private @Nullable Path config;

    @Option(
            names = "--local",
            description = "Agent, a local Kinesis endpoint and a stream of 2 shards in one process. Every tag is"
                    + " shipped. Nothing leaves this machine.")
    private boolean local;

    @Option(
            names = "--local-port",
            paramLabel = "PORT",
            converter = PortOption.class,
            description = "With --local: port of the endpoint; 4567 unless given, 0 takes a free one.")
    private @Nullable Integer localPort;

    @Option(
            names = "--forward-port",
            paramLabel = "PORT",
            converter = PortOption.class,
            description = "With --local: port for containers; 24224 unless given, 0 takes a free one.")
    private @Nullable Integer forwardPort;

    @Option(
            names = "--monitor-port",
            paramLabel = "PORT",
            converter = PortOption.class,
            description = "With --local: port of health and metrics; 24220 unless given, 0 takes a free one.")
    private @Nullable Integer monitorPort;

    @Option(
            names = "--buffer",
            paramLabel = "DIR",
            description =
                    "With --local: folder of the buffer; logstream/buffer in the user's cache folder unless given.")
    private @Nullable Path buffer;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Failure {
        if (local) {
            return runLocal();
        }
        if (localPort != null || forwardPort != null || monitorPort != null || buffer != null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--local-port, --forward-port, --monitor-port and --buffer go with --local;"
                            + " a configuration has settings for them");
        }
        if (config == null) {
            throw new ParameterException(
                    spec.commandLine(), "--config FILE or --local is missing; --local needs nothing else");
        }
        FormerFluentd former = new FormerFluentd(Path.of("/"));
        ReloadedFile file = read(config, former);
        former.unsent(config).ifPresent(this::warn);
        AgentConfig agentConfig = file.held().config();
        Signals signals = Signals.takeWithHangup();
        runUntil(signals, agentConfig, file, agent -> {
            signals.onHangup(agent::reloadSoon);
            tellWhereToAsk(agentConfig, agent);
        });
        return ExitCode.OK;
    }

    private int runLocal() throws Failure {
        if (config != null) {
            throw new ParameterException(
                    spec.commandLine(), "--config and --local exclude each other: --local needs no configuration");
        }
        Path folder = (buffer == null ? LocalSetting.bufferFolder(System.getenv()) : buffer).toAbsolutePath();
        Signals signals = Signals.take();
        LocalSetting.provideCredentials();
        try (LocalEndpoint endpoint =
                LocalEndpoint.open(localPort == null ? LocalSetting.ENDPOINT_PORT : localPort, "--local-port")) {
            endpoint.create(LocalSetting.STREAM, LocalSetting.SHARDS);
            AgentConfig agentConfig = LocalSetting.config(
                    endpoint.uri(),
                    forwardPort == null ? ListenAddress.DEFAULT_PORT : forwardPort,
                    monitorPort == null ? MonitorConfig.DEFAULT.port() : monitorPort,
                    folder);
            runUntil(signals, agentConfig, Reload.Source.NONE, agent -> {
                spec.commandLine()
                        .getOut()
                        .print(StartText.of(
                                Logstream.command(), endpoint.uri(), agent.forwardPort(), agent.monitorPort(), folder));
                spec.commandLine().getOut().flush();
            });
        }
        return ExitCode.OK;
    }

    private void tellWhereToAsk(AgentConfig agentConfig, Agent agent) {
        try {
            HealthProbe.tellWhere(agentConfig.monitor().bind(), agent.monitorPort());
        } catch (IOException cannot) {
            warn("health checks will fail, for the file that tells them where to ask cannot be written: " + cannot);
        }
    }

    private void warn(String sentence) {
        spec.commandLine().getErr().println("logstream: " + sentence);
        spec.commandLine().getErr().flush();
    }

    private static ReloadedFile read(Path file, FormerFluentd former) throws Failure {
        try {
            return ReloadedFile.read(file);
        } catch (ConfigException wrong) {
            String hint = former.configuration(file).map(it -> "\n" + it).orElse("");
            throw new Failure(ExitCode.USAGE, wrong.getMessage() + "\nNothing was started." + hint, wrong);
        }
    }

    private interface WhenStarted {
        void tell(Agent agent);
    }

    private void runUntil(Signals signals, AgentConfig config, Reload.Source source, WhenStarted whenStarted)
            throws Failure {
        OwnLog.take(config.log());
        Agent agent;
        try {
            agent = Agent.start(config, source);
        } catch (StartException cannot) {
            String options = local ? " (with --local: --forward-port, --monitor-port or --buffer)" : "";
            throw new Failure(ExitCode.FAILED, cannot.getMessage() + options, cannot);
        }
        agent.onDrained(signals::raise);
        whenStarted.tell(agent);
        signals.await();
        agent.stop();
        OwnLog.end();
    }
}
