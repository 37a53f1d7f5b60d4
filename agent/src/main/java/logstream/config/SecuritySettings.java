package logstream.config;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import logstream.config.Secrets.NetworkKey;
import logstream.forward.Network;
import logstream.forward.Secret;
import logstream.forward.SecurityConfig;
import logstream.forward.SecurityConfig.Proof;

/**
 * The settings of the section {@code forward.security}.
 *
 * <p>Threading: immutable.
 */
final class SecuritySettings {
    private static final int MOST_NETWORKS = 1000;
    private static final String NEEDS_A_KEY =
            " does nothing without a key: set forward.security.shared_key, or one for a network";

    static final Setting<Secret> SHARED_KEY = Setting.unset(
            "forward.security.shared_key",
            Secrets.secret(),
            "What TCP senders must know, as `shared_key` of fluentd and Fluent Bit; Docker's driver knows none.");
    static final Setting<String> SELF_HOSTNAME = Setting.unset(
            "forward.security.self_hostname",
            Types.text("1 to 255 letters, digits and '_.-'", "[A-Za-z0-9_.-]{1,255}"),
            "The agent's name in handshakes, other than any sender's; without it the host's name.");
    static final Setting<Map<String, Secret>> USERS = Setting.of(
            "forward.security.users",
            Secrets.users(),
            Map.of(),
            "Users one of which a sender must be, besides knowing the shared key.");
    static final Setting<List<NetworkRule>> NETWORKS = Setting.of(
            "forward.security.networks",
            new SectionsType<>(
                    "up to " + MOST_NETWORKS + " networks, each a text such as 10.0.0.0/8 or a section",
                    MOST_NETWORKS,
                    NetworkRule.KEYS,
                    NetworkRule::read),
            List.of(),
            "Who may connect over TCP at all; the longest prefix holds. Without it everybody may.");

    static final List<Setting<?>> ALL = List.of(SHARED_KEY, SELF_HOSTNAME, USERS, NETWORKS);

    private SecuritySettings() {}

    /** One item of the list. */
    record NetworkRule(Network network, NetworkKey key, Optional<List<String>> users) {
        static final Setting<Network> NETWORK = Setting.required(
                "forward.security.networks.network", Types.network(), "In each item: the addresses that it is about.");
        static final Setting<NetworkKey> KEY = Setting.of(
                "forward.security.networks.shared_key",
                Secrets.networkKey(),
                new NetworkKey.Shared(),
                "In an item: a key of its own; without it `forward.security.shared_key` holds there, too.");
        static final Setting<List<String>> USER_NAMES = Setting.unset(
                "forward.security.networks.users",
                Types.names(),
                "In an item: which of the users may send from there; without it all.");

        static final List<Setting<?>> KEYS = List.of(NETWORK, KEY, USER_NAMES);

        static NetworkRule read(Binder binder) {
            return new NetworkRule(
                    binder.value(NETWORK), binder.value(KEY), Optional.ofNullable(binder.valueOrNull(USER_NAMES)));
        }

        SecurityConfig.Rule bound(Optional<Secret> sharedKey, Map<String, Secret> allUsers) {
            Map<String, Secret> allowed = new HashMap<>(allUsers);
            users.ifPresent(names -> allowed.keySet().retainAll(names));
            return new SecurityConfig.Rule(network, effectiveKey(sharedKey).map(own -> new Proof(own, allowed)));
        }

        Optional<Secret> effectiveKey(Optional<Secret> sharedKey) {
            return switch (key) {
                case NetworkKey.Shared shared -> sharedKey;
                case NetworkKey.Own own -> Optional.of(own.key());
                case NetworkKey.None none -> Optional.empty();
            };
        }
    }

    static SecurityConfig read(Binder binder) {
        Optional<String> selfHostname = Optional.ofNullable(binder.valueOrNull(SELF_HOSTNAME));
        Optional<Secret> sharedKey = Optional.ofNullable(binder.valueOrNull(SHARED_KEY));
        Map<String, Secret> users = binder.value(USERS);
        List<NetworkRule> networks = binder.value(NETWORKS);
        if (networks.isEmpty()) {
            Optional<Proof> proof = sharedKey.map(key -> new Proof(key, users));
            return new SecurityConfig(selfHostname, SecurityConfig.forEverybody(proof));
        }
        return new SecurityConfig(
                selfHostname,
                networks.stream().map(rule -> rule.bound(sharedKey, users)).toList());
    }

    /** Reports what does nothing or points nowhere; silent about settings that were complained about. */
    static void findConflicts(Binder binder) {
        if (ALL.stream().anyMatch(binder::wrong)) {
            return;
        }
        Optional<Secret> sharedKey = Optional.ofNullable(binder.valueOrNull(SHARED_KEY));
        List<NetworkRule> networks = binder.value(NETWORKS);
        boolean handshakes = networks.isEmpty()
                ? sharedKey.isPresent()
                : networks.stream()
                        .anyMatch(rule -> rule.effectiveKey(sharedKey).isPresent());
        if (!handshakes && binder.given(SELF_HOSTNAME)) {
            binder.conflict(SELF_HOSTNAME, SELF_HOSTNAME.key() + NEEDS_A_KEY);
        }
        if (!handshakes && !binder.value(USERS).isEmpty()) {
            binder.conflict(USERS, USERS.key() + NEEDS_A_KEY);
        }
        boolean unused = networks.stream().noneMatch(rule -> rule.key.equals(new NetworkKey.Shared()));
        if (sharedKey.isPresent() && !networks.isEmpty() && unused) {
            binder.conflict(SHARED_KEY, SHARED_KEY.key() + " does nothing: each network has a key of its own, or none");
        }
        Set<Network> seen = new HashSet<>();
        for (int item = 0; item < networks.size(); item++) {
            findConflicts(binder, item, networks.get(item), sharedKey);
            if (!seen.add(networks.get(item).network)) {
                binder.conflict(NETWORKS, item, "the network " + networks.get(item).network + " is there twice");
            }
        }
    }

    private static void findConflicts(Binder binder, int item, NetworkRule rule, Optional<Secret> sharedKey) {
        if (rule.users.isPresent() && rule.effectiveKey(sharedKey).isEmpty()) {
            binder.conflict(
                    NETWORKS,
                    item,
                    "the network " + rule.network + " has users, but no key: without one none is asked for");
        }
        for (String name : rule.users.orElse(List.of())) {
            if (!binder.value(USERS).containsKey(name)) {
                binder.conflict(
                        NETWORKS,
                        item,
                        "the network " + rule.network + " names the user '" + name + "', who is not in " + USERS.key());
            }
        }
    }
}
