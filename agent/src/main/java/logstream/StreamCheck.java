package logstream;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import logstream.kinesis.KinesisStream;
import logstream.kinesis.StreamState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks once at start whether the stream is there, and again until it is: so that a missing stream or permission is told
 * before the first line waits for it. Intake and shipping do not depend on it.
 *
 * <p>Threading: one virtual thread of its own.
 */
final class StreamCheck {
    private static final Logger log = LoggerFactory.getLogger(StreamCheck.class);

    /** DescribeStreamSummary is limited to 20 calls a second and account: a fleet must not poll it. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    private static final Duration FIRST_WAIT = Duration.ofSeconds(10);

    private final KinesisStream stream;
    private final CountDownLatch stopped = new CountDownLatch(1);

    private StreamCheck(KinesisStream stream) {
        this.stream = stream;
    }

    static StreamCheck start(KinesisStream stream) {
        StreamCheck check = new StreamCheck(stream);
        Thread.ofVirtual().name("stream-check").start(check::run);
        return check;
    }

    void stop() {
        stopped.countDown();
    }

    private void run() {
        Duration wait = FIRST_WAIT;
        while (!isReady()) {
            try {
                if (stopped.await(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) < 0 ? wait.multipliedBy(2) : LONGEST_WAIT;
        }
    }

    private boolean isReady() {
        return switch (stream.check()) {
            case StreamState.Ready ready -> {
                log.info(
                        "stream {} is ready: {} open shards, {}, {} h retention, encryption {}",
                        ready.name(),
                        ready.openShards(),
                        ready.mode(),
                        ready.retention().toHours(),
                        ready.encryption());
                yield true;
            }
            case StreamState.NotReady(String reason, String advice) -> {
                log.error("the stream is not ready: {}. {} Lines are kept in the buffer meanwhile.", reason, advice);
                yield false;
            }
        };
    }
}
