package logstream.buffer;

/**
 * The thread that runs the {@link CommitLoop}. It is never interrupted: an interrupt would close its files.
 *
 * <p>Threading: started and finished by the thread that opens and closes the buffer.
 */
final class CommitThread {
    private final CommitLoop commit;
    private final Thread thread;

    CommitThread(CommitLoop commit) {
        this.commit = commit;
        this.thread = Thread.ofPlatform().name("buffer-commit").daemon(true).unstarted(commit);
    }

    void start() {
        thread.start();
    }

    /** Returns when the loop has ended, which a closed buffer makes it do; runs it here when it never was started. */
    void finish() {
        if (thread.getState() == Thread.State.NEW) {
            commit.run();
            return;
        }
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
