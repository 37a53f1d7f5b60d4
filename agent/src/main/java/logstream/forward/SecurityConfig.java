package logstream.forward;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who may send, and what senders must know.
 *
 * @param selfHostname what the agent calls itself in handshakes; empty: the host's name. Senders refuse an agent of their
 *     own name
 * @param rules who may connect over TCP; the one with the longest prefix holds, and who is in none may not
 */
public record SecurityConfig(Optional<String> selfHostname, List<Rule> rules) {
    /** Everybody, without a handshake. */
    public static final SecurityConfig OPEN = new SecurityConfig(Optional.empty(), forEverybody(Optional.empty()));

    /**
     * What senders must prove that they know.
     *
     * @param sharedKey known to both sides
     * @param users one of which they must be, with their passwords; empty: no user is asked for
     */
    public record Proof(Secret sharedKey, Map<String, Secret> users) {
        public Proof {
            users = Map.copyOf(users);
        }
    }

    /**
     * What holds for the senders of a network.
     *
     * @param proof what they must prove in a handshake; empty: no handshake
     */
    public record Rule(Network network, Optional<Proof> proof) {}

    public SecurityConfig {
        rules = List.copyOf(rules);
    }

    /** One rule for whoever connects. */
    public static List<Rule> forEverybody(Optional<Proof> proof) {
        return List.of(new Rule(Network.ALL_IPV4, proof), new Rule(Network.ALL_IPV6, proof));
    }
}
