package logstream.ownlog;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The one way of a line to standard error: bounds how often lines of one kind are written, and says how many were left out.
 *
 * <p>Threading: any thread; lines are written one after the other.
 */
public final class OwnLogAppender extends AppenderBase<ILoggingEvent> {
    private final Repeats repeats;
    private final Optional<OutputStream> out;
    private volatile OwnLogConfig config = OwnLogConfig.DEFAULT;

    /** Made by logback, as logback.xml says. */
    public OwnLogAppender() {
        this(System::nanoTime, Optional.empty());
    }

    /** @param out where lines go; standard error, whatever it is at the time, when empty */
    OwnLogAppender(LongSupplier nanoTime, Optional<OutputStream> out) {
        this.repeats = new Repeats(nanoTime);
        this.out = out;
    }

    /** From now on lines are written in this way. */
    void take(OwnLogConfig newer) {
        config = newer;
    }

    @Override
    protected void append(ILoggingEvent event) {
        OwnLogConfig present = config;
        if (!event.getLevel().isGreaterOrEqual(Level.toLevel(present.level().name()))) {
            return;
        }
        Repeats.Kind kind = new Repeats.Kind(
                event.getLoggerName(), event.getLevel().toString(), String.valueOf(event.getMessage()));
        long before = repeats.next(kind);
        if (before == Repeats.FIRST_LEFT_OUT) {
            tellLater(kind);
        }
        if (before >= 0) {
            tell(kind, before);
            write(LineForm.Said.of(event));
        }
    }

    /** In silence nobody would be told. */
    private void tellLater(Repeats.Kind kind) {
        try {
            var _ = getContext()
                    .getScheduledExecutorService()
                    .schedule(() -> tellNow(kind), Repeats.INTERVAL.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            addInfo("The log ends: what was left out is told at once.", e);
        }
    }

    private synchronized void tellNow(Repeats.Kind kind) {
        tell(kind, repeats.takeLeftOut(kind));
    }

    private void tell(Repeats.Kind kind, long leftOut) {
        if (leftOut > 0) {
            write(new LineForm.Said(
                    Instant.now(),
                    kind.level(),
                    kind.logger(),
                    leftOut + " more like this were not logged: \"" + kind.form() + "\"",
                    Optional.empty()));
        }
    }

    /** System.err takes what is printed there by others, too: a line goes there as a whole. */
    private void write(LineForm.Said said) {
        byte[] line = LineForm.bytes(said, config.format());
        try {
            OutputStream target = out.isPresent() ? out.get() : System.err;
            target.write(line);
            target.flush();
        } catch (IOException e) {
            addError("The log cannot be written.", e);
        }
    }

    /** Tells what was left out, so that nothing of it is lost. */
    @Override
    public synchronized void stop() {
        if (isStarted()) {
            repeats.untold().forEach(this::tellNow);
        }
        super.stop();
    }
}
