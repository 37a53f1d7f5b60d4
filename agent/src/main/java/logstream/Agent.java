package logstream;

/** Stub: builds the parts of an agent, starts them from the sink, stops them from the source. */
@SuppressWarnings("DoNotCallSuggester")
public final class Agent {
    /**
     * Opens buffer and ports and begins to ship. Returns once containers can connect; the stream is checked afterwards.
     *
     * @throws StartException with one sentence for the operator: port taken, buffer folder in use or not writable
     */
    public static Agent start(AgentConfig config) throws StartException {
        throw new UnsupportedOperationException();
    }

    /** The TCP port that containers connect to. */
    public int forwardPort() {
        throw new UnsupportedOperationException();
    }

    /** The TCP port of health and metrics. */
    public int monitorPort() {
        throw new UnsupportedOperationException();
    }

    /** Stops from the source: closes the listener, drains connections, forces the buffer, ships for the grace, ends. */
    public void stop() {
        throw new UnsupportedOperationException();
    }
}
