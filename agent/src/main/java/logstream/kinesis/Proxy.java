package logstream.kinesis;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import software.amazon.awssdk.http.apache5.ProxyConfiguration;

/**
 * Which proxy leads to AWS. The environment is read as curl reads it: HTTPS_PROXY is the proxy for https endpoints, however
 * it is spoken to itself; the SDK would take HTTP_PROXY. {@code NO_PROXY} names hosts and domains, separated by commas.
 */
final class Proxy {
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    private Proxy() {}

    static ProxyConfiguration none() {
        // Neither does the SDK look for itself.
        return ProxyConfiguration.builder()
                .useSystemPropertyValues(false)
                .useEnvironmentVariableValues(false)
                .build();
    }

    /** @throws IllegalArgumentException if the environment's is no URL */
    static ProxyConfiguration of(Optional<URI> configured, Map<String, String> environment) {
        Optional<URI> proxy = configured.or(() -> of(environment, "HTTPS_PROXY").map(Proxy::url));
        if (proxy.isEmpty()) {
            return none();
        }
        URI url = proxy.get();
        ProxyConfiguration.Builder builder = none().toBuilder()
                .endpoint(withPort(url))
                .nonProxyHosts(exceptions(of(environment, "NO_PROXY").orElse("")));
        String user = url.getUserInfo();
        if (user != null) {
            int colon = user.indexOf(':');
            builder.username(colon < 0 ? user : user.substring(0, colon))
                    .password(colon < 0 ? "" : user.substring(colon + 1))
                    .preemptiveBasicAuthenticationEnabled(true);
        }
        return builder.build();
    }

    /** Patterns as the SDK wants them, of whole host names in lower case. */
    static Set<String> exceptions(String noProxy) {
        return Arrays.stream(noProxy.split("[,\\s]+"))
                .filter(host -> !host.isEmpty())
                .map(host -> host.equals("*") ? ".*" : "(.*\\.)?" + Pattern.quote(bare(host)))
                .collect(Collectors.toSet());
    }

    private static String bare(String host) {
        return host.replaceFirst("^\\*?\\.", "").toLowerCase(Locale.ROOT);
    }

    private static Optional<String> of(Map<String, String> environment, String name) {
        String lower = environment.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        return Optional.of(lower.isEmpty() ? environment.getOrDefault(name, "") : lower)
                .filter(text -> !text.isEmpty());
    }

    private static URI url(String text) {
        try {
            URI url = new URI(text.contains("://") ? text : "http://" + text);
            if (url.getHost() != null) {
                return url;
            }
        } catch (URISyntaxException e) {
            // Said below: the text may hold a password, and the exception holds the text.
        }
        throw new IllegalArgumentException("HTTPS_PROXY is no URL such as http://proxy.example:3128");
    }

    private static URI withPort(URI url) {
        String scheme = url.getScheme();
        int port = url.getPort() >= 0 ? url.getPort() : "https".equals(scheme) ? HTTPS_PORT : HTTP_PORT;
        return URI.create(scheme + "://" + url.getHost() + ":" + port);
    }
}
