package logstream.bench.sink;

/**
 * What a {@link PutProgram} is to send, in JSON.
 *
 * @param port of the sink on loopback
 * @param tls as the JVM's own trust store allows
 * @param connections that send one request after the other
 * @param requests of each connection, 500 records each
 * @param lineBytes of each record's line
 */
public record PutPlan(int port, boolean tls, int connections, int requests, int lineBytes) {}
