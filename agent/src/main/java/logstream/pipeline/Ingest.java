package logstream.pipeline;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import logstream.buffer.Appended;
import logstream.buffer.Buffer;
import logstream.buffer.BufferClosedException;
import logstream.buffer.FrameBatch;
import logstream.forward.EventSink;
import logstream.forward.HostName;
import logstream.forward.IntakeStoppedException;
import logstream.forward.MsgpackCursor;
import logstream.forward.Peer;
import logstream.forward.Tag;
import logstream.metrics.Containers;
import logstream.metrics.Metrics;
import logstream.metrics.Metrics.CreateCause;
import logstream.metrics.Metrics.DropCause;
import logstream.pipeline.CareConfig.RateLimit;
import logstream.pipeline.RecordConfig.TimePrecision;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way in: makes each event a record's bytes on the thread of its connection, and appends them to the buffer once per
 * turn.
 *
 * <p>Invariant: the memory for records under construction is a fixed number of benches, whatever the number of
 * connections; a connection holds one only between its first event and the next flush.
 *
 * <p>Threading: {@link #open} from any thread; an intake is confined to its connection's thread.
 */
public final class Ingest implements EventSink {
    private static final Logger log = LoggerFactory.getLogger(Ingest.class);

    /** A turn reads at most 64 KiB; its records are a few times larger when lines are short and tags are long. */
    private static final int BATCH_BYTES = 256 << 10;

    /** From here on a batch is flushed before the next event. */
    private static final int BATCH_FULL_BYTES = 192 << 10;

    /** One for each turn and two that are being appended; with large events in each, 2 MiB a batch. */
    private static final int MOST_BENCHES = 8;

    /** So often a connection without a bench looks whether it may drop what it has. */
    private static final int BENCH_PATIENCE_MILLIS = 100;

    /** At most this many unmatched tags are named in the log; all are counted. */
    private static final int UNMATCHED_TAGS_NAMED = 1000;

    private final Buffer buffer;
    private volatile Shape shape;
    private final Metrics metrics;
    private final Containers containers;
    private final RateLimits rates;
    private final LiveTail liveTail;
    private final BlockingQueue<Bench> benches;
    private final Paragraphs paragraphs;
    private final Set<String> unmatchedTags = ConcurrentHashMap.newKeySet();

    /**
     * @param containers counts per container
     * @param rates what each container may send, where that is limited
     * @param liveTail shown what is taken, as it comes
     */
    public Ingest(
            Buffer buffer,
            RecordConfig config,
            Metrics metrics,
            Containers containers,
            RateLimits rates,
            LiveTail liveTail) {
        this(
                buffer,
                config,
                metrics,
                containers,
                rates,
                liveTail,
                new Paragraphs(buffer::appendNow, metrics, System::nanoTime));
    }

    Ingest(
            Buffer buffer,
            RecordConfig config,
            Metrics metrics,
            Containers containers,
            RateLimits rates,
            LiveTail liveTail,
            Paragraphs paragraphs) {
        this.paragraphs = paragraphs;
        this.buffer = buffer;
        this.rates = rates;
        this.shape = shape(form(config), HostFacts.named(HostName.ofThisHost()));
        this.containers = containers;
        this.liveTail = liveTail;
        this.metrics = metrics;
        int count = Math.min(MOST_BENCHES, Runtime.getRuntime().availableProcessors() + 2);
        this.benches = new ArrayBlockingQueue<>(count);
        for (int i = 0; i < count; i++) {
            benches.add(new Bench(
                    new FrameBatch(BATCH_BYTES), new RecordEncoder(config.joinPieces()), new Redactor(metrics)));
        }
    }

    /** What a connection needs between its first event and the next flush. */
    private record Bench(FrameBatch frames, RecordEncoder encoder, Redactor redactor) {}

    /** Which events become records, and how, as far as it can change while connections are open. */
    public record Form(
            TagPatterns patterns,
            boolean joinPieces,
            AddedFieldsConfig added,
            TimePrecision timePrecision,
            boolean liftJson,
            List<ParagraphRule> multiline,
            Redaction redaction,
            List<RateLimits.Rule> rateLimits) {}

    /** What a form comes to on this host. */
    private record Shape(Form form, HostFacts host, AddedFields added) {}

    private static Shape shape(Form form, HostFacts host) {
        return new Shape(form, host, AddedFields.of(form.added, host));
    }

    /**
     * What the configuration asks for.
     *
     * @throws IllegalArgumentException with a sentence naming the first tag pattern, or regular expression, that is none
     */
    public static Form form(RecordConfig config) {
        return new Form(
                TagPatterns.of(config.tags()),
                config.joinPieces(),
                config.added(),
                config.timePrecision(),
                config.liftJson(),
                ParagraphRule.of(config.multiline()),
                Redaction.of(config.care().redact()),
                RateLimits.Rule.of(config.care().rateLimits()));
    }

    /** Any thread. The form of events that are read from now on; those of a turn that has begun keep the one before. */
    public synchronized void reload(Form newer) {
        shape = shape(newer, shape.host);
        unmatchedTags.clear();
    }

    /** Any thread. What the instance is called, where it is one, for events that are read from now on. */
    public synchronized void instance(String id, String region) {
        shape = shape(shape.form, new HostFacts(shape.host.name(), Optional.of(id), Optional.of(region)));
    }

    @Override
    public Intake open(Peer peer) {
        return new ConnectionIntake(peer);
    }

    /** One connection's events. */
    private final class ConnectionIntake implements Intake {
        private final Peer peer;
        private final ContainerTally tally = new ContainerTally(containers);
        private Shape present;
        private SourceField source;
        private @Nullable Bench bench;
        private @Nullable Tag tag;
        private boolean shipped;
        /** For lines with the tag; null when each is a record, as for the next. */
        private @Nullable ParagraphRule rule;

        private @Nullable ParagraphIntake lines;

        /** Bits of the rules for what is taken out of events with the tag. */
        private long redacted;
        /** Null when the container may send as much as it likes. */
        private @Nullable RateGate gate;

        private long appended;

        private ConnectionIntake(Peer peer) {
            this.peer = peer;
            this.present = shape;
            this.source = SourceField.of(present.form.added.sourceAddressKey(), peer);
        }

        /** Between turns only: events of one turn have one form. */
        private void takeShape(Shape newer) {
            present = newer;
            source = SourceField.of(newer.form.added.sourceAddressKey(), peer);
            tag = null;
        }

        private void takeTag(Tag newTag, ContainerName container) {
            tally.change(newTag, container);
            tag = newTag;
            Form form = present.form;
            String text = newTag.toString();
            shipped = isShipped(newTag, form.patterns);
            redacted = form.redaction.active(text);
            Optional<RateLimit> limit = RateLimits.Rule.first(form.rateLimits, text);
            gate = limit.isEmpty() || !shipped ? null : new RateGate(rates, limit.get(), container, text);
            takeRule(text);
        }

        private void takeRule(String newTag) {
            List<ParagraphRule> rules = present.form.multiline;
            rule = rules.isEmpty() ? null : ParagraphRule.first(rules, newTag).orElse(null);
            if (rule != null && lines == null) {
                lines = new ParagraphIntake(paragraphs, metrics, peer);
            }
        }

        @Override
        public Taken take(Tag eventTag, long seconds, int nanos, MsgpackCursor record, boolean mayDrop) {
            Shape newest = shape;
            if (bench == null && !newest.equals(present)) {
                takeShape(newest);
            }
            if (eventTag != tag) {
                tally.settle(bench == null ? 0 : bench.frames.payloadBytes());
                takeTag(eventTag, ContainerName.of(record));
            }
            if (!shipped) {
                metrics.dropped(DropCause.UNMATCHED_TAG).increment();
                tally.refused();
                return Taken.YES;
            }
            if (gate != null && !gate.lets(record)) {
                metrics.dropped(DropCause.RATE_LIMIT).increment();
                tally.refused();
                return Taken.YES;
            }
            Bench own = bench == null ? takeBench(mayDrop) : bench;
            if (own == null) {
                tally.refused();
                return Taken.DROPPED;
            }
            FrameBatch frames = own.frames;
            MsgpackCursor shown = redacted == 0 ? record : own.redactor.redact(record, redacted);
            int encoded = rule == null || lines == null
                    ? own.encoder.encode(frames, seconds, nanos, shown, eventTag.bytes())
                    : lines.encode(own.encoder, frames, rule, seconds, nanos, shown, eventTag);
            if (encoded > 1) {
                metrics.created(CreateCause.CUT).add(encoded - 1L);
            } else if (encoded == 0) {
                metrics.dropped(DropCause.TOO_LARGE).increment();
                tally.dropped(1);
                log.warn(
                        "an event of tag {} was dropped: its record is larger than {} bytes",
                        eventTag,
                        FrameBatch.MAX_PAYLOAD_BYTES);
            }
            tally.taken(own.encoder.madePiece());
            return frames.length() >= BATCH_FULL_BYTES ? Taken.FULL : Taken.YES;
        }

        @Override
        public boolean flush(boolean ackWanted) throws IntakeStoppedException {
            Bench own = bench;
            if (own == null) {
                return true;
            }
            try {
                if (own.frames.count() == 0) {
                    return true;
                }
                liveTail.show(own.frames);
                if (ackWanted) {
                    appended = buffer.append(own.frames);
                    return true;
                }
                Appended some = buffer.appendOrDrop(own.frames);
                appended = some.ordinal();
                if (some.dropped() > 0) {
                    tally.dropped(some.dropped());
                }
                return some.dropped() == 0;
            } catch (BufferClosedException e) {
                throw new IntakeStoppedException("the agent is stopping", e);
            } finally {
                close();
            }
        }

        @Override
        public void awaitDurable() throws IntakeStoppedException {
            try {
                buffer.awaitDurable(appended);
            } catch (BufferClosedException e) {
                throw new IntakeStoppedException("the agent is stopping", e);
            }
        }

        @Override
        public void close() {
            Bench own = bench;
            if (own != null) {
                bench = null;
                if (tally.end(own.frames.payloadBytes())) {
                    // Its counters had to go: looked up again with the next event.
                    tag = null;
                }
                own.frames.clear();
                own.redactor.forget();
                benches.add(own);
                if (lines != null) {
                    lines.handedOn();
                }
            }
        }

        /** Null when all are held by connections that wait for room, and the event is dropped instead of waiting, too. */
        private @Nullable Bench takeBench(boolean mayDrop) {
            boolean interrupted = false;
            Bench free = benches.poll();
            while (free == null) {
                if (mayDrop && buffer.dropsNow(1)) {
                    return null;
                }
                try {
                    free = benches.poll(BENCH_PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            free.encoder.from(source);
            Form form = present.form;
            free.redactor.use(form.redaction);
            free.encoder.shape(form.joinPieces, present.added, form.timePrecision, form.liftJson);
            bench = free;
            return free;
        }
    }

    /** Ends what waits for more lines. Call it when none come any more, before the buffer's intake closes. */
    public void finish() {
        paragraphs.endAll();
    }

    /** Whether lines with such a tag are taken. Any thread. */
    public boolean ships(String tag) {
        return shape.form.patterns.match(tag);
    }

    private boolean isShipped(Tag tag, TagPatterns patterns) {
        String text = tag.toString();
        if (patterns.match(text)) {
            return true;
        }
        if (unmatchedTags.size() < UNMATCHED_TAGS_NAMED && unmatchedTags.add(text)) {
            log.warn(
                    "tag \"{}\" matches none of the patterns in record.tags: its lines are not shipped; add the tag there to ship them",
                    text.replaceAll("\\p{Cntrl}", "?"));
        }
        return false;
    }
}
