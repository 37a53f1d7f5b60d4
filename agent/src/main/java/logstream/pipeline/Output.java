package logstream.pipeline;

/**
 * One output of one container, or what comes nearest to it of senders other than Docker: lines of the same sender with the same
 * tag.
 *
 * @param sender address and port, or the UNIX socket
 * @param container its id; empty when the sender does not tell, as the next
 * @param source stdout or stderr
 */
record Output(String sender, String tag, String container, String source) {
    /** Of container and source together; more than any of Docker's. Our choice. */
    static final int MOST_NAME_BYTES = 256;
}
