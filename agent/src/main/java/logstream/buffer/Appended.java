package logstream.buffer;

/**
 * What became of a batch that did not have to be taken whole.
 *
 * @param ordinal after the last frame that was taken, of whomever: what {@link Buffer#awaitDurable} takes
 * @param dropped frames that were not taken, and were counted as dropped
 */
public record Appended(long ordinal, int dropped) {}
