package logstream.buffer;

import java.time.Instant;

/**
 * A record given up on.
 *
 * @param key partition key under which it was, or would have been, sent
 * @param cause in one word, as the metrics page has it: refused, too_large, ...
 * @param reason one sentence: what was tried and what the answer was
 * @param time when it was given up on
 * @param data the record's bytes
 */
public record DeadLetter(String key, String cause, String reason, Instant time, byte[] data) {}
