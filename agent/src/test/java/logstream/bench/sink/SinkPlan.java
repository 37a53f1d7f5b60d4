package logstream.bench.sink;

/**
 * What a sink is to do; the first line of its input, in JSON.
 *
 * @param keyStore file with key and certificate for TLS; empty for plain HTTP
 * @param keyStorePassword of it
 * @param faults from the beginning to the end
 */
public record SinkPlan(String keyStore, String keyStorePassword, SinkFaults faults) {}
