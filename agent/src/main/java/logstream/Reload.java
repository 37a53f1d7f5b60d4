package logstream;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import logstream.metrics.Metrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the configuration of a running agent again: all of what is new in it, or, when anything about it is wrong or cannot
 * change while the agent runs, nothing. No connection is closed and no line is lost or sent twice by it.
 *
 * <p>Threading: any thread; one load at a time, the others wait.
 */
public final class Reload {
    private static final Logger log = LoggerFactory.getLogger(Reload.class);

    /** A file of nothing but mistakes has thousands. */
    private static final int MOST_REASONS = 20;

    private final Source source;
    private final Consumer<AgentConfig> parts;
    private final Metrics metrics;
    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile Optional<Result> last = Optional.empty();

    /**
     * A reload.
     *
     * @param parts takes what is new over, all or, with an {@link IllegalArgumentException}, nothing
     */
    Reload(Source source, Consumer<AgentConfig> parts, Metrics metrics, InstantSource clock) {
        this.source = source;
        this.parts = parts;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** Where the configuration comes from. */
    public interface Source {
        /** An agent whose configuration is in no file. */
        Source NONE = new Source() {
            @Override
            public Proposal propose() {
                return new Unusable(List.of("this agent has no configuration file; restart it with other options"));
            }

            @Override
            public Optional<String> state() {
                return Optional.empty();
            }

            @Override
            public Optional<String> proposedState() {
                return Optional.empty();
            }
        };

        /** Reads it, and holds it against what was taken last. */
        Proposal propose();

        /** A text that is another one when the configuration has changed. Empty when it cannot be read. */
        Optional<String> state();

        /** What {@link #state} was when it was proposed last, or at start. */
        Optional<String> proposedState();
    }

    /** What the configuration is now. */
    public sealed interface Proposal {}

    /**
     * One that can be taken over.
     *
     * @param changed the settings that are new, by their keys
     * @param taken told when they hold
     */
    public record Usable(AgentConfig config, List<String> changed, Runnable taken) implements Proposal {}

    /**
     * One that cannot.
     *
     * @param reasons sentences for the operator
     */
    public record Unusable(List<String> reasons) implements Proposal {}

    /** What became of it. */
    public sealed interface Result {
        /** When. */
        Instant at();
    }

    /**
     * It holds now.
     *
     * @param changed the settings that are new, by their keys; may be empty
     */
    public record Loaded(Instant at, List<String> changed) implements Result {}

    /**
     * Nothing has changed.
     *
     * @param reasons sentences for the operator, a bounded number
     */
    public record Refused(Instant at, List<String> reasons) implements Result {}

    /** Loads the configuration now; returns when it holds, or is refused. */
    public Result now() {
        lock.lock();
        try {
            Result result = load();
            last = Optional.of(result);
            return result;
        } finally {
            lock.unlock();
        }
    }

    /** What became of the last one; empty when there was none. */
    public Optional<Result> last() {
        return last;
    }

    /** Whether the configuration is another one than when it was last loaded, or refused. */
    boolean isNews(Optional<String> state) {
        return state.isPresent() && !state.equals(source.proposedState());
    }

    Optional<String> state() {
        return source.state();
    }

    private Result load() {
        return switch (source.propose()) {
            case Usable usable -> take(usable);
            case Unusable(List<String> reasons) -> refused(reasons);
        };
    }

    private Result take(Usable usable) {
        try {
            parts.accept(usable.config);
        } catch (IllegalArgumentException wrong) {
            return refused(List.of(String.valueOf(wrong.getMessage())));
        }
        usable.taken.run();
        metrics.configReloads.increment();
        log.info(
                "configuration loaded again: {}",
                usable.changed.isEmpty() ? "nothing has changed" : "changed " + String.join(", ", usable.changed));
        return new Loaded(clock.instant(), usable.changed);
    }

    private Result refused(List<String> reasons) {
        List<String> some = reasons.size() <= MOST_REASONS
                ? List.copyOf(reasons)
                : Stream.concat(
                                reasons.stream().limit(MOST_REASONS),
                                Stream.of((reasons.size() - MOST_REASONS) + " more"))
                        .toList();
        metrics.configReloadsRefused.increment();
        log.error("configuration not loaded again, the one before holds: {}", String.join("; ", some));
        return new Refused(clock.instant(), some);
    }
}
