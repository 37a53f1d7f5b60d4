package logstream.buffer;

import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import logstream.metrics.Metrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps {@code buffer.min_free} of the file system free: tells the room how many chunks can still be begun, and refuses
 * one that cannot.
 *
 * <p>The disk is looked at before each chunk, and once a second, so what others write to it or delete counts. Without a
 * reserve it is looked at only while it fails. When the buffer is closed the reserve is there to be used: what is in
 * memory then, a few megabytes, is worth more.
 *
 * <p>Threading: confined to the commit thread.
 */
final class Reserve {
    /** There is room on the disk, but it is kept free. */
    static final class KeptFreeException extends IOException {
        private static final long serialVersionUID = 1;

        KeptFreeException(String message) {
            super(message);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Reserve.class);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final BufferState state;
    private final BufferConfig config;
    private final Sources sources;
    private final Metrics metrics;
    private final Seldom seldom;
    private long lookAt;
    private boolean isShort;
    private boolean said;

    Reserve(BufferState state, BufferConfig config, Sources sources, Metrics metrics) {
        this.state = state;
        this.config = config;
        this.sources = sources;
        this.metrics = metrics;
        this.seldom = new Seldom(sources.nanoTime());
        this.lookAt = sources.nanoTime().getAsLong();
    }

    /** Under the lock: how long nothing is to be done, if nobody does anything. */
    long nanosUntilWork() {
        return state.isDiskToBeLookedAt() ? 0 : lookAt - sources.nanoTime().getAsLong();
    }

    /**
     * Looks at the disk when it is time.
     *
     * @param unwritten bytes that may still go into the chunk that is written to
     * @param failing whether the disk refuses to be written to
     */
    void look(long unwritten, boolean failing) {
        long now = sources.nanoTime().getAsLong();
        boolean asked;
        state.lock.lock();
        try {
            asked = state.isDiskToBeLookedAt();
        } finally {
            state.lock.unlock();
        }
        if (!asked && now - lookAt < 0) {
            return;
        }
        lookAt = now + LOOK_NANOS;
        if (keeps() || failing) {
            judge(sources.files().space(config.directory()), unwritten);
        } else {
            isShort = false;
            tell(Long.MAX_VALUE, 0);
        }
    }

    /**
     * Before a chunk is begun, which then takes its size of what is free.
     *
     * @throws KeptFreeException when the disk would have less free than the reserve
     */
    void check() throws KeptFreeException {
        if (!keeps()) {
            return;
        }
        ChunkFiles.Space space = sources.files().space(config.directory());
        boolean refused = space.isKnown() && usable(space) < config.chunkBytes() && !isClosing();
        judge(space, refused ? 0 : config.chunkBytes());
        if (refused) {
            throw new KeptFreeException("free are " + space.free() + " bytes; buffer.min_free is "
                    + state.config().minFree());
        }
    }

    private boolean keeps() {
        return state.config().minFree().bytes() > 0;
    }

    private boolean isClosing() {
        state.lock.lock();
        try {
            return state.closing();
        } finally {
            state.lock.unlock();
        }
    }

    private long usable(ChunkFiles.Space space) {
        return space.free() - state.config().minFree().of(space.total());
    }

    /** How many chunks can be begun, when so many bytes more are sure to be written. */
    private void judge(ChunkFiles.Space space, long unwritten) {
        if (!space.isKnown()) {
            tell(Long.MAX_VALUE, 0);
            return;
        }
        long usable = usable(space) - unwritten;
        long chunks = Math.max(0, usable / config.chunkBytes());
        say(chunks == 0, space);
        if (keeps()) {
            tell(chunks, chunks > 0 ? 0 : config.chunkBytes() - usable);
        } else {
            // The disk itself says when it is full, and any byte helps.
            tell(Long.MAX_VALUE, chunks > 0 ? 0 : 1);
        }
    }

    private void tell(long chunks, long missing) {
        state.lock.lock();
        try {
            state.diskLookedAt(chunks, missing);
        } finally {
            state.lock.unlock();
        }
    }

    private void say(boolean shortNow, ChunkFiles.Space space) {
        if (shortNow && !isShort) {
            metrics.diskShortages.increment();
            if (keeps() && seldom.due()) {
                said = true;
                LOG.warn(
                        "The disk of the buffer is nearly full, no chunk is begun: folder={} free={} kept_free={}"
                                + " buffer.min_free={} buffer.overflow={}."
                                + " It goes on by itself when there is room. Make room, or set buffer.min_free lower.",
                        config.directory(),
                        space.free(),
                        state.config().minFree().of(space.total()),
                        state.config().minFree(),
                        state.config().overflow().name().toLowerCase(Locale.ROOT));
            }
        } else if (!shortNow && said) {
            said = false;
            LOG.info("The disk of the buffer has room again: folder={} free={}", config.directory(), space.free());
        }
        isShort = shortNow;
    }
}
