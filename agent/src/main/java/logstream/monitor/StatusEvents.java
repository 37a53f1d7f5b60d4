package logstream.monitor;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Answers {@code GET /api/events}: first {@code history}, then {@code status} every two seconds, as server-sent events.
 *
 * <p>Threading: each request on a thread of its own.
 */
final class StatusEvents {
    private static final Duration BEAT = Duration.ofSeconds(5);
    private static final int BUFFER_BYTES = 32 << 10;

    private final Observer observer;
    private final Latest latest = new Latest();

    StatusEvents(Observer observer) {
        this.observer = observer;
    }

    /** To be called when there is something new. */
    void renew() {
        if (latest.isWatched()) {
            latest.renew(Json.of(observer.status()));
        }
    }

    /** The last ten minutes as JSON. */
    byte[] history() {
        return Json.of(Map.of("interval_seconds", History.INTERVAL.toSeconds(), "points", observer.points()));
    }

    void answer(Request request) throws IOException {
        if (!latest.join()) {
            request.say(503, Latest.MOST_WATCHERS + " pages are open already; close one");
            return;
        }
        try (OutputStream out = new BufferedOutputStream(request.stream(EventStream.TYPE), BUFFER_BYTES)) {
            write(new EventStream(out));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            latest.leave();
        }
    }

    private void write(EventStream out) throws IOException, InterruptedException {
        long seen = latest.number();
        out.event("history", history());
        out.event("status", Json.of(observer.status()));
        out.flush();
        while (!Thread.currentThread().isInterrupted()) {
            Optional<Latest.Numbered> next = latest.after(seen, BEAT);
            if (next.isEmpty()) {
                out.beat();
                continue;
            }
            seen = next.get().number();
            out.event("status", next.get().json());
            out.flush();
        }
    }
}
