package logstream.cli;

import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import logstream.local.LocalKinesis;

/** The local endpoint with its failures said in sentences. */
final class LocalEndpoint implements AutoCloseable {
    private final LocalKinesis kinesis;

    private LocalEndpoint(LocalKinesis kinesis) {
        this.kinesis = kinesis;
    }

    /**
     * @param option the option that chooses another port
     */
    static LocalEndpoint open(int port, String option) throws Failure {
        try {
            return new LocalEndpoint(LocalKinesis.start(port));
        } catch (BindException taken) {
            throw new Failure(
                    ExitCode.FAILED,
                    "port " + port + " on 127.0.0.1 is taken, perhaps by another logstream; end that one or choose"
                            + " another port with " + option + " (0 takes a free one)",
                    taken);
        } catch (IOException cannot) {
            throw new Failure(
                    ExitCode.FAILED,
                    "the local endpoint cannot listen on 127.0.0.1:" + port + ": " + cannot.getMessage(),
                    cannot);
        }
    }

    URI uri() {
        return kinesis.endpoint();
    }

    void create(String stream, int shards) {
        kinesis.createStream(stream, shards);
    }

    @Override
    public void close() {
        kinesis.close();
    }
}
