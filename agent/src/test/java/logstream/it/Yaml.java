package logstream.it;

import java.net.URI;
import java.nio.file.Path;
import java.util.regex.Matcher;

/** The configuration of an agent under test: ports from the system, the buffer in the test's folder. */
final class Yaml {
    static final String STREAM = "container-lines";

    private Yaml() {}

    static String of(Path folder, URI endpoint) {
        return of(folder.resolve("buffer"), endpoint, "16MiB");
    }

    /** Lets the agent listen on a UNIX socket, too. */
    static String andUnix(String yaml, String path) {
        return yaml.replaceFirst("listen: (\\S+)", "listen: [$1, \"unix://" + Matcher.quoteReplacement(path) + "\"]");
    }

    static String of(Path buffer, URI endpoint, String chunkSize) {
        return """
                forward:
                  listen: tcp://127.0.0.1:0
                buffer:
                  directory: %s
                  chunk_size: %s
                kinesis:
                  stream: %s
                  region: us-east-1
                  endpoint_url: %s
                monitor:
                  port: 0
                """.formatted(buffer, chunkSize, STREAM, endpoint);
    }
}
