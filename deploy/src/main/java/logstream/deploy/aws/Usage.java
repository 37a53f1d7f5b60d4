package logstream.deploy.aws;

/**
 * What went through a stream in the busiest of the last minutes; each in a minute of its own.
 *
 * @param throttledWrites records refused in all of the minutes together
 * @param throttledReads calls refused in all of the minutes together
 */
public record Usage(double bytesIn, double recordsIn, double bytesOut, double throttledWrites, double throttledReads) {}
