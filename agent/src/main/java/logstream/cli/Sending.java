package logstream.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The loop of {@code send}: read a line, send it, say in the end what became of all.
 *
 * <p>Threading: confined to one thread.
 */
final class Sending {
    private final LineReader lines;
    private final ContainerEvents events;
    private final PrintWriter err;
    private final List<Duration> reconnectWaits;
    private long sent;

    /**
     * @param err for warnings and the last word; standard output stays empty
     */
    Sending(LineReader lines, ContainerEvents events, PrintWriter err) {
        this(lines, events, err, ForwardSender.RECONNECT_WAITS);
    }

    Sending(LineReader lines, ContainerEvents events, PrintWriter err, List<Duration> reconnectWaits) {
        this.lines = lines;
        this.events = events;
        this.err = err;
        this.reconnectWaits = reconnectWaits;
    }

    /** Sends every line and waits until each is durable. */
    int withAcks(HostPort address, Duration ackTimeout) throws Failure {
        byte[] ackToken = new byte[16];
        new SecureRandom().nextBytes(ackToken);
        try (ForwardSender sender = ForwardSender.connect(address, ackTimeout, reconnectWaits)) {
            try {
                for (Optional<byte[]> line = next(); line.isPresent(); line = next()) {
                    ByteBuffer.wrap(ackToken).putLong(sent);
                    String token = Base64.getEncoder().encodeToString(ackToken);
                    sender.send(token, events.message(line.get(), token));
                    sent++;
                    if (!lines.hasLine()) {
                        sender.flush();
                    }
                }
                sender.finish();
            } catch (Failure failed) {
                throw withCount(failed, sender.unacknowledged());
            }
        }
        say(sent == 1 ? "1 line sent and acknowledged" : sent + " lines sent, each acknowledged");
        return ExitCode.OK;
    }

    /** Sends every line and waits until the agent has read to the end. */
    int withoutAcks(HostPort address) throws Failure {
        try (PlainSender sender = PlainSender.connect(address)) {
            for (Optional<byte[]> line = next(); line.isPresent(); line = next()) {
                sender.send(events.message(line.get(), ""));
                sent++;
                if (!lines.hasLine()) {
                    sender.flush();
                }
            }
            sender.finish();
        } catch (IOException lost) {
            throw new Failure(
                    ExitCode.UNSURE,
                    "the connection to " + address + " was lost after " + sent + " lines (" + lost.getMessage()
                            + "); without acks nobody knows how many of them are stored",
                    lost);
        }
        say(sent + (sent == 1 ? " line" : " lines") + " sent, no acks asked for");
        return ExitCode.OK;
    }

    private Optional<byte[]> next() throws Failure {
        long cutBefore = lines.cutLines();
        try {
            Optional<byte[]> line = lines.next();
            if (lines.cutLines() != cutBefore && cutBefore == 0) {
                say("line " + (sent + 1) + " is longer than " + LineReader.MAX_LINE_BYTES
                        + " bytes; its end is cut off (said once)");
            }
            return line;
        } catch (IOException unreadable) {
            throw new Failure(ExitCode.FAILED, "standard input cannot be read: " + unreadable.getMessage(), unreadable);
        }
    }

    private Failure withCount(Failure failed, int unacknowledged) {
        if (failed.exitCode() != ExitCode.UNSURE) {
            return failed;
        }
        return new Failure(
                ExitCode.UNSURE,
                failed.getMessage() + "; of " + sent + " lines the last " + unacknowledged
                        + " are not known to be stored",
                failed);
    }

    private void say(String sentence) {
        err.println("logstream: " + sentence);
        err.flush();
    }
}
