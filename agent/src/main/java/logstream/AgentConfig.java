package logstream;

import java.time.Duration;
import logstream.buffer.BufferConfig;
import logstream.forward.ForwardConfig;
import logstream.kinesis.KinesisConfig;
import logstream.monitor.MonitorConfig;
import logstream.pipeline.RecordConfig;

/**
 * The whole configuration of an agent, validated.
 *
 * @param shutdownGrace longest time after SIGTERM for shipping what is buffered; the rest stays in the buffer
 */
public record AgentConfig(
        ForwardConfig forward,
        RecordConfig record,
        BufferConfig buffer,
        KinesisConfig kinesis,
        MonitorConfig monitor,
        Duration shutdownGrace) {
    public static final Duration DEFAULT_SHUTDOWN_GRACE = Duration.ofSeconds(5);
}
