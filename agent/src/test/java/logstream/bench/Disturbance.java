package logstream.bench;

/** What happens during a run. Moments are shares of the time that the load takes. */
sealed interface Disturbance {
    record Nothing() implements Disturbance {}

    /** Nobody listens on the endpoint's port meanwhile. */
    record Outage(double from, double to) implements Disturbance {}

    /** SIGKILL, and at once a new process on the same buffer. */
    record Kill(double at) implements Disturbance {}

    /** SIGTERM, and a new process when the old one has ended. */
    record Terminate(double at) implements Disturbance {}

    /** The endpoint is away until the whole load is in the buffer; measured is what comes then. */
    record Backlog() implements Disturbance {}

    /** The agent is started, gets one line, and is stopped; so many times. */
    record Starts(int times) implements Disturbance {}
}
