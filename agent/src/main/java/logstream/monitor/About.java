package logstream.monitor;

import java.time.Instant;

/**
 * What does not change while an agent runs.
 *
 * @param forward where senders connect, URLs separated by commas
 * @param region empty when the AWS tools' own means say which
 * @param bufferLimitBytes what the buffer holds at most
 */
public record About(
        String version,
        String host,
        long pid,
        Instant started,
        String forward,
        String stream,
        String region,
        String bufferFolder,
        long bufferLimitBytes) {}
