package logstream.monitor;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * Ends answers whose reader has stopped reading, so that it does not keep its thread.
 *
 * <p>Threading: answers are written by one thread each; {@link #endThem} is called by another.
 */
final class StalledAnswers {
    /** How long a write may take: many times what a reader on a bad network needs for the bytes of one. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Set<Answer> answers = ConcurrentHashMap.newKeySet();
    private final LongSupplier nanoTime;

    StalledAnswers(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Wraps the body of an answer, which this thread is to write. */
    Answer watch(OutputStream body) {
        Answer answer = new Answer(body, Thread.currentThread());
        answers.add(answer);
        return answer;
    }

    /** Interrupts those who have been writing for too long: that closes their connections. */
    void endThem() {
        long now = nanoTime.getAsLong();
        answers.forEach(answer -> answer.endIfStalled(now));
    }

    /** A body that is being written. */
    final class Answer extends FilterOutputStream {
        private final Thread writer;
        private boolean writing;
        private long since;

        private Answer(OutputStream body, Thread writer) {
            super(body);
            this.writer = writer;
        }

        @Override
        public void write(int oneByte) throws IOException {
            write(new byte[] {(byte) oneByte}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            begin();
            try {
                out.write(bytes, from, length);
            } finally {
                end();
            }
        }

        @Override
        public void flush() throws IOException {
            begin();
            try {
                out.flush();
            } finally {
                end();
            }
        }

        @Override
        public void close() throws IOException {
            begin();
            try {
                out.close();
            } finally {
                end();
                answers.remove(this);
            }
        }

        private synchronized void begin() {
            writing = true;
            since = nanoTime.getAsLong();
        }

        private synchronized void end() {
            writing = false;
        }

        private synchronized void endIfStalled(long now) {
            if (writing && now - since > PATIENCE.toNanos()) {
                writer.interrupt();
            }
        }
    }
}
