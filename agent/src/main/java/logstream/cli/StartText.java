package logstream.cli;

import java.net.URI;
import java.nio.file.Path;
import logstream.forward.ListenAddress;

/** What {@code run --local} prints when everything listens: what is where, and what to type next. */
final class StartText {
    /** The form of a tag that the original's tools make: grid, manifest, application. */
    static final String TAG = "grid.dev/www-data/hello:dev/www-data/hello";

    private StartText() {}

    static String of(String command, URI endpoint, int forwardPort, int monitorPort, Path buffer) {
        String tail = endpoint.equals(LocalSetting.ENDPOINT) ? "" : " --endpoint-url " + endpoint;
        String address = forwardPort == ListenAddress.DEFAULT_PORT ? "" : " --address 127.0.0.1:" + forwardPort;
        return """

                Logstream runs, on this machine only: nothing leaves it, and no account is needed.

                  for containers   127.0.0.1:%d, with Docker's fluentd log driver; every tag is shipped
                  the stream       %s, stream "%s" of %d shards, in memory
                  status page      http://127.0.0.1:%d/, also /healthz and /metrics
                  the buffer       %s

                See what arrives, in a second terminal:

                  %s tail%s

                Let a container write a line, in a third:

                  docker run --rm --log-driver=fluentd --log-opt fluentd-address=127.0.0.1:%d --log-opt tag=%s \
                busybox echo 'hello from a container'

                or, without Docker:

                  echo hello | %s send%s

                Ctrl-C ends it.

                """.formatted(
                        forwardPort,
                        endpoint,
                        LocalSetting.STREAM,
                        LocalSetting.SHARDS,
                        monitorPort,
                        buffer,
                        command,
                        tail,
                        forwardPort,
                        TAG,
                        command,
                        address);
    }
}
