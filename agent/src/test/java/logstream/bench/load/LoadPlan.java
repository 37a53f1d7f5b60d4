package logstream.bench.load;

/**
 * What a load generator is to do; the first line of its input, in JSON.
 *
 * @param port of the agent on loopback
 * @param connections that send, each with a container and a tag of its own
 * @param idle further connections that stay silent
 * @param lineBytes of each line, {@value LineStamp#LENGTH} or more
 * @param events in one message: 1 sends Message mode as Docker does, more sends PackedForward
 * @param acks whether each message asks for an ack, and the next one waits for it
 * @param recordsPerSecond of all connections together; 0 for as fast as the agent takes them
 * @param readsEnd whether a sender without acks looks whether the agent has closed; Docker's never does
 */
public record LoadPlan(
        int port,
        int connections,
        int idle,
        int lineBytes,
        int events,
        boolean acks,
        long recordsPerSecond,
        boolean readsEnd) {

    public LoadPlan {
        if (connections < 1 || connections > LineStamp.MOST_CONNECTIONS) {
            throw new IllegalArgumentException(
                    "connections " + connections + " are not 1 to " + LineStamp.MOST_CONNECTIONS);
        }
        if (lineBytes < LineStamp.LENGTH) {
            throw new IllegalArgumentException(
                    "a line of " + lineBytes + " bytes; " + LineStamp.LENGTH + " are needed for its stamp");
        }
        if (idle < 0 || events < 1 || recordsPerSecond < 0) {
            throw new IllegalArgumentException(
                    "negative: idle " + idle + ", events " + events + ", records a second " + recordsPerSecond);
        }
    }

    /** Eight containers that write as fast as they can, without acks. */
    public static LoadPlan docker(int lineBytes) {
        return new LoadPlan(0, 8, 0, lineBytes, 1, false, 0, true);
    }

    public LoadPlan withPort(int value) {
        return new LoadPlan(value, connections, idle, lineBytes, events, acks, recordsPerSecond, readsEnd);
    }

    public LoadPlan withConnections(int value) {
        return new LoadPlan(port, value, idle, lineBytes, events, acks, recordsPerSecond, readsEnd);
    }

    public LoadPlan withIdle(int value) {
        return new LoadPlan(port, connections, value, lineBytes, events, acks, recordsPerSecond, readsEnd);
    }

    public LoadPlan withLineBytes(int value) {
        return new LoadPlan(port, connections, idle, value, events, acks, recordsPerSecond, readsEnd);
    }

    /** PackedForward messages of so many events, each acknowledged. */
    public LoadPlan packed(int eventsInMessage) {
        return new LoadPlan(port, connections, idle, lineBytes, eventsInMessage, true, recordsPerSecond, readsEnd);
    }

    public LoadPlan withRate(long value) {
        return new LoadPlan(port, connections, idle, lineBytes, events, acks, value, readsEnd);
    }

    /** Senders that never look at what comes back, as Docker's. */
    public LoadPlan blind() {
        return new LoadPlan(port, connections, idle, lineBytes, events, acks, recordsPerSecond, false);
    }
}
