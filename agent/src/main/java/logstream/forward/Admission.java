package logstream.forward;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import logstream.forward.SecurityConfig.Proof;
import logstream.forward.SecurityConfig.Rule;

/**
 * Who may connect, and what they must prove: the rules of {@link SecurityConfig} as they are asked for.
 *
 * <p>Invariant: no handshake on UNIX sockets, whose file permissions say who may send, nor where no key is configured.
 *
 * <p>Threading: any thread.
 */
final class Admission {
    /** The longest prefix first, so that the first rule that fits is the one that holds. */
    private final List<Rule> rules;

    private final Handshake.Terms terms;

    /**
     * @param timeout how long a handshake may take
     * @param random what Java gives by default reads /dev/urandom on Linux, which never blocks
     */
    Admission(SecurityConfig config, Duration timeout, LongSupplier nanoTime, SecureRandom random) {
        rules = config.rules().stream()
                .sorted(Comparator.comparingInt((Rule rule) -> rule.network().prefix())
                        .reversed())
                .toList();
        terms = new Handshake.Terms(config.selfHostname().orElseGet(HostName::ofThisHost), timeout, nanoTime, random);
    }

    /** Whether somebody at this address may connect at all. */
    boolean admits(SocketAddress remote) {
        return !(remote instanceof InetSocketAddress internet)
                || ruleFor(internet).isPresent();
    }

    /** Whether a connection from this address begins with a handshake. */
    boolean asksForProof(SocketAddress remote) {
        return remote instanceof InetSocketAddress internet
                && ruleFor(internet).flatMap(Rule::proof).isPresent();
    }

    /** The handshake that a connection from this address, which was admitted, begins with; empty when it has none. */
    Optional<Handshake> handshake(SocketAddress remote, Handshake.Line line) {
        if (!(remote instanceof InetSocketAddress internet)) {
            return Optional.empty();
        }
        Optional<Proof> proof = ruleFor(internet).flatMap(Rule::proof);
        return proof.map(wanted -> new Handshake(terms, wanted, line));
    }

    private Optional<Rule> ruleFor(InetSocketAddress remote) {
        return rules.stream()
                .filter(rule -> rule.network().contains(remote.getAddress()))
                .findFirst();
    }
}
