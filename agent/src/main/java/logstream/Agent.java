package logstream;

import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import logstream.buffer.Buffer;
import logstream.control.ControlAction;
import logstream.control.ControlServer;
import logstream.forward.ForwardServer;
import logstream.forward.HostName;
import logstream.forward.ListenException;
import logstream.forward.TlsFilesException;
import logstream.kinesis.KinesisStream;
import logstream.kinesis.PackingConfig;
import logstream.kinesis.StreamState;
import logstream.metrics.Containers;
import logstream.metrics.Metrics;
import logstream.monitor.MonitorServer;
import logstream.monitor.Observed;
import logstream.pipeline.Ingest;
import logstream.pipeline.LiveTail;
import logstream.pipeline.LossNotices;
import logstream.pipeline.RateLimits;
import logstream.pipeline.RecordCompression;
import logstream.pipeline.Shipper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running agent: builds the parts, starts them from the sink, stops them from the source.
 *
 * <p>Invariant: containers can connect before AWS is asked anything, and until the listener closes.
 *
 * <p>Threading: {@link #start} and {@link #stop} are called by one thread each.
 */
public final class Agent {
    private static final Logger log = LoggerFactory.getLogger(Agent.class);

    private final LiveSettings settings;
    private final Reload reload;
    private final ReloadThread reloadThread;
    private final Buffer buffer;
    private final KinesisStream stream;
    private final ExecutorService requests;
    private final Shipper shipper;
    private final StreamCheck streamCheck;
    private final ForwardServer forward;
    private final RunningParts parts;
    private final MonitorServer monitor;
    private final Drain drain;
    private final Optional<ControlServer> control;

    private Agent(
            LiveSettings settings,
            Reload reload,
            Buffer buffer,
            KinesisStream stream,
            ExecutorService requests,
            Shipper shipper,
            StreamCheck streamCheck,
            ForwardServer forward,
            RunningParts parts,
            MonitorServer monitor,
            Drain drain,
            Optional<ControlServer> control) {
        this.settings = settings;
        this.reload = reload;
        this.reloadThread = new ReloadThread(reload, () -> settings.present().reloadInterval());
        this.buffer = buffer;
        this.stream = stream;
        this.requests = requests;
        this.shipper = shipper;
        this.streamCheck = streamCheck;
        this.forward = forward;
        this.parts = parts;
        this.monitor = monitor;
        this.drain = drain;
        this.control = control;
    }

    /**
     * Opens buffer and ports and begins to ship. Returns once containers can connect; the stream is checked afterwards.
     *
     * @param source where the configuration came from, to be loaded again from there
     * @throws StartException with one sentence for the operator: port taken, buffer folder in use or not writable
     */
    public static Agent start(AgentConfig config, Reload.Source source) throws StartException {
        requireCompression(config.kinesis().packing());
        Metrics metrics = new Metrics();
        Containers containers = new Containers(InstantSource.system(), metrics.tags);
        LiveTail liveTail = new LiveTail(System::nanoTime);
        Buffer buffer = openBuffer(config, metrics);
        MonitorServer monitor = null;
        try {
            monitor = openMonitor(config);
            RateLimits rates = new RateLimits(System::nanoTime);
            Ingest ingest = new Ingest(buffer, config.record(), metrics, containers, rates, liveTail);
            ForwardServer forward = openForward(config, ingest, metrics);
            KinesisStream stream = KinesisStream.open(config.kinesis(), metrics);
            ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
            Shipper shipper = new Shipper(
                    buffer,
                    stream::put,
                    requests,
                    config.kinesis(),
                    config.record().joinTimeout(),
                    metrics,
                    System::nanoTime);
            metrics.gauges(new Metrics.Gauges(
                    () -> Math.max(0, buffer.bufferedFrames() - shipper.doneNotReleased()),
                    buffer.gauges()::bytes,
                    buffer.gauges()::chunks,
                    buffer.gauges()::oldestPendingMillis,
                    buffer.gauges()::waiting,
                    buffer.gauges()::diskFreeBytes,
                    shipper::inFlight,
                    buffer.gauges()::deadLetterBytes,
                    buffer.gauges()::maxChunks,
                    shipper::sendingRateMilliShards));
            shipper.start();
            StreamCheck streamCheck =
                    new StreamCheck(stream::check, onFacts(config, shipper), metrics, RandomGenerator.getDefault());
            streamCheck.start();
            LiveSettings settings = new LiveSettings(config, buffer, ingest, shipper);
            Reload reload = new Reload(source, settings::take, metrics, InstantSource.system());
            AgentVitals vitals = new AgentVitals(forward::isListening, ingest::ships, metrics, buffer, shipper);
            monitor.serve(new Observed(
                    AgentVitals.about(config, forward),
                    metrics,
                    containers,
                    vitals,
                    liveTail,
                    new MonitoredConfig(source, reload)));
            Optional<LossNotices> lossNotices = startLossNotices(config, buffer, metrics, rates);
            RunningParts parts = new RunningParts(
                    forward,
                    ingest,
                    lossNotices,
                    buffer,
                    shipper,
                    config.buffer().directory());
            Drain drain = new Drain(parts);
            Optional<ControlServer> control = openControl(
                    config, drain, new DeadLetterActions(buffer, metrics), new ImportAction(buffer, metrics));
            log.info(
                    "listening forward={} monitor={}:{}",
                    forward.listening(),
                    config.monitor().bind(),
                    monitor.port());
            Agent agent = new Agent(
                    settings,
                    reload,
                    buffer,
                    stream,
                    requests,
                    shipper,
                    streamCheck,
                    forward,
                    parts,
                    monitor,
                    drain,
                    control);
            agent.reloadThread.start();
            return agent;
        } catch (StartException | RuntimeException e) {
            if (monitor != null) {
                monitor.close();
            }
            buffer.close();
            throw e;
        }
    }

    /** The first TCP port that containers connect to. */
    public int forwardPort() {
        return forward.port();
    }

    /** The TCP port of health and metrics. */
    public int monitorPort() {
        return monitor.port();
    }

    /** Loads its configuration again, at once. */
    public Reload reload() {
        return reload;
    }

    /** Has the configuration loaded again, and does not wait for that. */
    public void reloadSoon() {
        reloadThread.wanted();
    }

    /** Calls back when it was told to drain, and that is over: then it is to be stopped. */
    public void onDrained(Runnable callback) {
        drain.onOver(callback);
    }

    /** Stops from the source: closes the listener, drains connections, forces the buffer, ships for the grace, ends. */
    public void stop() {
        log.info("stopping: reading what senders still have");
        reloadThread.stop();
        settings.stop();
        AgentConfig config = settings.present();
        parts.stopIntake(RunningParts.READ_LIMIT);
        streamCheck.stop();
        Duration grace = drain.isOver() ? Duration.ZERO : config.shutdownGrace();
        log.info("stopping: shipping {} buffered lines for at most {} s", buffer.bufferedFrames(), grace.toSeconds());
        boolean empty = ship(grace);
        stream.close();
        requests.shutdownNow();
        long left = buffer.bufferedFrames() - shipper.doneNotReleased();
        control.ifPresent(ControlServer::stop);
        buffer.close();
        monitor.close();
        drain.agentEnded();
        control.ifPresent(ControlServer::close);
        if (empty) {
            log.info("stopped: every line is delivered");
        } else {
            log.warn(
                    "stopped: {} lines stay in the buffer {} until the next start",
                    left,
                    config.buffer().directory());
        }
    }

    private boolean ship(Duration grace) {
        try {
            return shipper.drain(grace);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void requireCompression(PackingConfig packing) throws StartException {
        try {
            RecordCompression _ = RecordCompression.of(packing.compression());
        } catch (LinkageError e) {
            throw new StartException(
                    "kinesis.compression: zstd needs its native library, which cannot be loaded (" + e.getMessage()
                            + "); start the agent with -DZstdTempFolder=DIR in LOGSTREAM_JAVA_OPTS, where DIR is a folder"
                            + " that it may write to and execute from, or use gzip",
                    e);
        }
    }

    private static Buffer openBuffer(AgentConfig config, Metrics metrics) throws StartException {
        try {
            return Buffer.open(config.buffer(), metrics);
        } catch (IOException e) {
            throw new StartException(
                    "the buffer folder " + config.buffer().directory() + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** Without it the agent works, but cannot be told anything: no reason not to start. */
    private static Optional<ControlServer> openControl(
            AgentConfig config, Drain drain, DeadLetterActions deadLetters, ImportAction imports) {
        Map<String, ControlAction> actions = Map.of(
                "drain",
                drain,
                "dead-letters replay",
                deadLetters::replay,
                "dead-letters purge",
                deadLetters::purge,
                "buffer import",
                imports);
        try {
            return Optional.of(ControlServer.start(config.buffer().directory(), actions));
        } catch (IOException e) {
            log.warn(
                    "there is no control socket: {}. drain, import, and replay and purge of dead letters, cannot reach this agent;"
                            + " set buffer.directory to a folder where there can be one.",
                    e.getMessage());
            return Optional.empty();
        }
    }

    private static Consumer<StreamState.Ready> onFacts(AgentConfig config, Shipper shipper) {
        AtomicBoolean doubted = new AtomicBoolean();
        return facts -> {
            shipper.maxRecordBytes(facts.maxRecordBytes());
            config.kinesis()
                    .packing()
                    .doubt(facts)
                    .filter(_ -> doubted.compareAndSet(false, true))
                    .ifPresent(log::warn);
        };
    }

    private static Optional<LossNotices> startLossNotices(
            AgentConfig config, Buffer buffer, Metrics metrics, RateLimits rates) {
        if (!config.record().lossNotices()) {
            return Optional.empty();
        }
        LossNotices notices = new LossNotices(
                metrics, rates, buffer::appendNow, HostName.ofThisHost(), InstantSource.system(), System::nanoTime);
        notices.start();
        return Optional.of(notices);
    }

    private static ForwardServer openForward(AgentConfig config, Ingest ingest, Metrics metrics) throws StartException {
        try {
            return ForwardServer.start(config.forward(), ingest, metrics, InstantSource.system());
        } catch (ListenException e) {
            throw cannotListen(e.url(), e.advice(), e);
        }
    }

    private static MonitorServer openMonitor(AgentConfig config) throws StartException {
        try {
            return MonitorServer.open(config.monitor());
        } catch (TlsFilesException e) {
            throw new StartException("the monitor cannot speak TLS: " + e.getMessage(), e);
        } catch (IOException e) {
            String address = config.monitor().bind() + ":" + config.monitor().port();
            String advice = e instanceof BindException
                    ? "is another agent running? Stop it, or set monitor.bind and monitor.port to what is free on this host"
                    : "set monitor.bind and monitor.port to an address of this host";
            throw cannotListen(address, advice, e);
        }
    }

    private static StartException cannotListen(String address, String advice, Exception cause) {
        return new StartException("cannot listen on " + address + " (" + cause.getMessage() + "): " + advice, cause);
    }
}
