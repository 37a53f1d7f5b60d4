package logstream.pipeline;

import java.util.Optional;

/**
 * What is known about where the agent runs.
 *
 * @param name of the host
 * @param instanceId of the EC2 instance; empty while, or where, it is not known
 * @param region of that instance, likewise
 */
public record HostFacts(String name, Optional<String> instanceId, Optional<String> region) {
    /** The name is known at once. */
    public static HostFacts named(String name) {
        return new HostFacts(name, Optional.empty(), Optional.empty());
    }
}
