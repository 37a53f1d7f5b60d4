package logstream;

import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import logstream.buffer.Buffer;
import logstream.forward.ForwardServer;
import logstream.forward.ListenException;
import logstream.kinesis.KinesisStream;
import logstream.metrics.Metrics;
import logstream.metrics.MetricsPage;
import logstream.metrics.MonitorServer;
import logstream.pipeline.Ingest;
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

    /** At stop, a connection on which nothing came for so long is taken to have sent all. */
    private static final Duration DRAIN_SILENCE = Duration.ofSeconds(1);

    /** At stop, reading ends at the latest after this: together with the grace it fits into the 10 s of docker stop. */
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(3);

    private final AgentConfig config;
    private final Buffer buffer;
    private final KinesisStream stream;
    private final ExecutorService requests;
    private final Shipper shipper;
    private final StreamCheck streamCheck;
    private final ForwardServer forward;
    private final MonitorServer monitor;

    private Agent(
            AgentConfig config,
            Buffer buffer,
            KinesisStream stream,
            ExecutorService requests,
            Shipper shipper,
            StreamCheck streamCheck,
            ForwardServer forward,
            MonitorServer monitor) {
        this.config = config;
        this.buffer = buffer;
        this.stream = stream;
        this.requests = requests;
        this.shipper = shipper;
        this.streamCheck = streamCheck;
        this.forward = forward;
        this.monitor = monitor;
    }

    /**
     * Opens buffer and ports and begins to ship. Returns once containers can connect; the stream is checked afterwards.
     *
     * @throws StartException with one sentence for the operator: port taken, buffer folder in use or not writable
     */
    public static Agent start(AgentConfig config) throws StartException {
        Metrics metrics = new Metrics();
        Buffer buffer = openBuffer(config, metrics);
        MonitorServer monitor = null;
        try {
            monitor = openMonitor(config, metrics);
            ForwardServer forward = openForward(config, buffer, metrics);
            KinesisStream stream = KinesisStream.open(config.kinesis());
            ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
            Shipper shipper = new Shipper(buffer, stream::put, requests, config.kinesis(), metrics, System::nanoTime);
            metrics.gauges(new Metrics.Gauges(
                    () -> Math.max(0, buffer.bufferedFrames() - shipper.doneNotReleased()),
                    buffer.gauges()::bytes,
                    buffer.gauges()::chunks,
                    buffer.gauges()::oldestPendingMillis,
                    buffer.gauges()::waiting,
                    buffer.gauges()::diskFreeBytes,
                    shipper::inFlight,
                    buffer.gauges()::deadLetterBytes));
            shipper.start();
            StreamCheck streamCheck = StreamCheck.start(stream);
            log.info(
                    "listening forward={} monitor={}:{}",
                    forward.listening(),
                    config.monitor().bind(),
                    monitor.port());
            return new Agent(config, buffer, stream, requests, shipper, streamCheck, forward, monitor);
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

    /** Stops from the source: closes the listener, drains connections, forces the buffer, ships for the grace, ends. */
    public void stop() {
        log.info("stopping: reading what senders still have");
        forward.stop(DRAIN_SILENCE, DRAIN_LIMIT);
        buffer.closeIntake();
        streamCheck.stop();
        log.info(
                "stopping: shipping {} buffered lines for at most {} s",
                buffer.bufferedFrames(),
                config.shutdownGrace().toSeconds());
        boolean empty = drain();
        stream.close();
        requests.shutdownNow();
        long left = buffer.bufferedFrames();
        buffer.close();
        monitor.close();
        if (empty) {
            log.info("stopped: every line is delivered");
        } else {
            log.warn(
                    "stopped: {} lines stay in the buffer {} until the next start",
                    left,
                    config.buffer().directory());
        }
    }

    private boolean drain() {
        try {
            return shipper.drain(config.shutdownGrace());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
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

    private static ForwardServer openForward(AgentConfig config, Buffer buffer, Metrics metrics) throws StartException {
        Ingest ingest = new Ingest(buffer, config.record(), metrics);
        try {
            return ForwardServer.start(config.forward(), ingest, metrics, InstantSource.system());
        } catch (ListenException e) {
            throw cannotListen(e.url(), e.isTaken(), "forward.listen", e);
        }
    }

    private static MonitorServer openMonitor(AgentConfig config, Metrics metrics) throws StartException {
        try {
            return MonitorServer.start(config.monitor(), new MetricsPage(metrics));
        } catch (IOException e) {
            String address = config.monitor().bind() + ":" + config.monitor().port();
            throw cannotListen(address, e instanceof BindException, "monitor.bind and monitor.port", e);
        }
    }

    private static StartException cannotListen(String address, boolean taken, String settings, Exception cause) {
        String advice = taken
                ? "is another agent running? Stop it, or set " + settings + " to what is free on this host"
                : "set " + settings + " to an address of this host";
        return new StartException("cannot listen on " + address + " (" + cause.getMessage() + "): " + advice, cause);
    }
}
