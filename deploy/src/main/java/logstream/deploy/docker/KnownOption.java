package logstream.deploy.docker;

import java.util.List;
import java.util.Optional;

/**
 * An option that the {@code fluentd} driver takes, and in which versions of the engine. With an option that it does not know
 * the engine refuses to start the container. From the engine's sources, {@code daemon/logger/fluentd/fluentd.go} at the tags
 * of 20.10, 23.0, 28.0, 28.2 and 29.0, and its generic options.
 *
 * @param removed the first version that does not know it any more
 */
record KnownOption(String name, DockerVersion since, Optional<DockerVersion> removed) {
    private static final DockerVersion V20_10 = new DockerVersion(20, 10);
    private static final DockerVersion V23 = new DockerVersion(23, 0);
    private static final DockerVersion V28 = new DockerVersion(28, 0);
    private static final DockerVersion V28_2 = new DockerVersion(28, 2);
    private static final DockerVersion V29 = new DockerVersion(29, 0);

    private static final List<KnownOption> ALL = List.of(
            always("fluentd-address"),
            always("tag"),
            since("fluentd-async", V20_10),
            new KnownOption("fluentd-async-connect", DockerVersion.OLDEST, Optional.of(V28)),
            since("fluentd-async-reconnect-interval", V23),
            always("fluentd-buffer-limit"),
            always("fluentd-retry-wait"),
            always("fluentd-max-retries"),
            always("fluentd-sub-second-precision"),
            since("fluentd-request-ack", V20_10),
            since("fluentd-write-timeout", V28_2),
            since("fluentd-read-timeout", V29),
            always("labels"),
            since("labels-regex", V20_10),
            always("env"),
            always("env-regex"),
            always("mode"),
            always("max-buffer-size"));

    static Optional<KnownOption> named(String name) {
        return ALL.stream().filter(one -> one.name.equals(name)).findFirst();
    }

    boolean isIn(DockerVersion version) {
        return version.isSince(since)
                && removed.map(first -> !version.isSince(first)).orElse(true);
    }

    private static KnownOption always(String name) {
        return since(name, DockerVersion.OLDEST);
    }

    private static KnownOption since(String name, DockerVersion version) {
        return new KnownOption(name, version, Optional.empty());
    }
}
