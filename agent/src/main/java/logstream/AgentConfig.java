package logstream;

import java.time.Duration;
import logstream.buffer.BufferConfig;
import logstream.forward.ForwardConfig;
import logstream.kinesis.KinesisConfig;
import logstream.monitor.MonitorConfig;
import logstream.ownlog.OwnLogConfig;
import logstream.pipeline.RecordConfig;

/**
 * The whole configuration of an agent, validated.
 *
 * @param shutdownGrace longest time after SIGTERM for shipping what is buffered; the rest stays in the buffer
 * @param reloadInterval how often the file is looked at for changes; zero: never
 */
public record AgentConfig(
        ForwardConfig forward,
        RecordConfig record,
        BufferConfig buffer,
        KinesisConfig kinesis,
        MonitorConfig monitor,
        OwnLogConfig log,
        Duration shutdownGrace,
        Duration reloadInterval) {
    public static final Duration DEFAULT_SHUTDOWN_GRACE = Duration.ofSeconds(5);
    public static final Duration DEFAULT_RELOAD_INTERVAL = Duration.ZERO;
}
