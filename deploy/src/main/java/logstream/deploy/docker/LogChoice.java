package logstream.deploy.docker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Chooses a container's log settings. By default lines are sent in the background, from a queue with a bound, so that a
 * container starts, runs and stops whether the agent is there or not.
 */
public final class LogChoice {
    /** The driver that the agent is for. */
    public static final String FLUENTD = "fluentd";

    /** Where the agent listens on each host. */
    public static final String ADDRESS = "127.0.0.1:24224";

    private static final DockerVersion V19_03 = new DockerVersion(19, 3);
    private static final DockerVersion V20_10 = new DockerVersion(20, 10);
    private static final DockerVersion V23 = new DockerVersion(23, 0);

    private LogChoice() {}

    /**
     * Returns the settings.
     *
     * @throws IllegalArgumentException with a sentence, when the engine would refuse to start a container with them
     */
    public static LogSettings settings(LogWish wish) {
        Map<String, LogOption> chosen = new LinkedHashMap<>();
        if (wish.driver().equals(FLUENTD)) {
            ours(wish).forEach(option -> chosen.put(option.name(), option));
        } else {
            LogOption tag = tag(wish);
            chosen.put(tag.name(), tag);
        }
        wish.given().forEach((name, value) -> give(chosen, name, value));
        List<LogOption> options = List.copyOf(chosen.values());
        if (wish.driver().equals(FLUENTD)) {
            options.forEach(option -> requireKnown(option, wish.version()));
        }
        return new LogSettings(wish.driver(), options);
    }

    private static List<LogOption> ours(LogWish wish) {
        List<LogOption> options = new ArrayList<>();
        options.add(new LogOption(
                "fluentd-address",
                ADDRESS,
                "The agent of the container's own host. The engine connects, not the container, so loopback is right in"
                        + " every network mode."));
        options.add(tag(wish));
        boolean modern = wish.version().isSince(V20_10);
        if (wish.blocking()) {
            if (modern) {
                options.add(new LogOption(
                        "fluentd-request-ack",
                        "true",
                        "A line counts as sent when the agent has it on disk. Without --log-opt fluentd-async the"
                                + " container does not start while the agent is away, and waits when it goes away."));
            }
        } else {
            options.add(new LogOption(
                    modern ? "fluentd-async" : "fluentd-async-connect",
                    "true",
                    "The container starts and stops while the agent is away, and never waits for it. What still waits"
                            + " to be sent when the container ends is dropped."));
            options.add(bound(wish.version()));
        }
        return options;
    }

    private static LogOption tag(LogWish wish) {
        return new LogOption(
                "tag", wish.tag(), "What the lines are known by in the stream: prefix, manifest, application.");
    }

    private static LogOption bound(DockerVersion version) {
        if (version.isSince(V19_03)) {
            return new LogOption(
                    "fluentd-buffer-limit",
                    "8192",
                    "Lines that wait in the engine while the agent is away: up to 128 MiB, were each 16 KiB. Of more the"
                            + " newest are dropped. Docker's own bound, 1048576 lines, is up to 16 GiB of the engine's memory.");
        }
        return new LogOption(
                "fluentd-buffer-limit",
                "8m",
                "Bytes (up to Docker 18.09) that wait in the engine while the agent is away. Of more the newest lines are"
                        + " dropped.");
    }

    private static void give(Map<String, LogOption> chosen, String name, String value) {
        // Docker takes one of the two names, and refuses both together.
        if (name.equals("fluentd-async-connect")) {
            chosen.remove("fluentd-async");
        } else if (name.equals("fluentd-async")) {
            chosen.remove("fluentd-async-connect");
        }
        boolean anyAddress = name.equals("fluentd-address") && value.matches("(tcp://)?0\\.0\\.0\\.0(:\\d+)?");
        String why =
                anyAddress ? "As given. To Linux 0.0.0.0 is this host, as 127.0.0.1 is, which says so." : "As given.";
        chosen.put(name, new LogOption(name, value, why));
    }

    private static void requireKnown(LogOption option, DockerVersion version) {
        Optional<KnownOption> known = KnownOption.named(option.name());
        if (known.isEmpty()) {
            throw new IllegalArgumentException(
                    "Docker's fluentd driver has no option " + option.name() + ": containers would not start");
        }
        if (!known.get().isIn(version)) {
            String when = version.isSince(known.get().since())
                    ? "no longer, since " + known.get().removed().orElseThrow()
                    : "only from " + known.get().since() + " on";
            throw new IllegalArgumentException("Docker " + version + " does not know " + option.name() + " (" + when
                    + "): containers would not start");
        }
        if (option.name().equals("fluentd-address") && option.value().startsWith("tls://") && !version.isSince(V23)) {
            throw new IllegalArgumentException("Docker " + version + " does not know tls:// (only from " + V23
                    + " on): containers would not start");
        }
    }
}
