package logstream.pipeline;

/**
 * Why the stream accepts nothing at present.
 *
 * <p>Threading: immutable.
 *
 * @param reason what the last request said
 * @param advice what to do, a sentence; may be empty
 * @param operatorNeeded whether it goes on until somebody mends it
 * @param sinceNanos when it began, of the shipper's clock
 * @param retries counted so far; 0 while an operator is needed
 */
public record Blockage(String reason, String advice, boolean operatorNeeded, long sinceNanos, int retries) {}
