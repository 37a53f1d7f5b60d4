package logstream.pipeline;

/**
 * One output of one container, over however many connections; or what comes nearest to it of senders other than Docker: lines of
 * one connection with the same tag.
 *
 * @param sender IP address, or the UNIX socket; with the port where there is no container
 * @param container its id; empty when the sender does not tell, as the next
 * @param source stdout or stderr
 */
record Output(String sender, String tag, String container, String source) {
    /** Of container and source together; more than any of Docker's. Our choice. */
    static final int MOST_NAME_BYTES = 256;
}
