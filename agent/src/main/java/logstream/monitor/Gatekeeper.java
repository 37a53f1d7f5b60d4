package logstream.monitor;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import logstream.forward.Secret;
import logstream.monitor.MonitorConfig.Access;

/**
 * Who may ask what.
 *
 * <p>A browser can be led to ask any address for any page: by a name that suddenly means this host (rebinding), or by a form
 * on somebody's page. So a request must be made to an address, or to a name that is known to be this host's; and what is
 * not for everybody is not for pages of others either.
 *
 * <p>Threading: immutable.
 */
final class Gatekeeper {
    private static final Pattern HOST =
            Pattern.compile("(\\[[0-9A-Fa-f:.]+(?:%[A-Za-z0-9._~-]+)?]|[^:\\[\\]]+)(:\\d{1,5})?");
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final String BEARER = "Bearer ";

    private final Access access;
    private final Set<String> hosts = new TreeSet<>();

    /** @param ownName of this host */
    Gatekeeper(MonitorConfig config, String ownName) {
        this.access = config.access();
        hosts.add("localhost");
        hosts.add(ownName.toLowerCase(Locale.ROOT));
        config.hosts().forEach(host -> hosts.add(host.toLowerCase(Locale.ROOT)));
    }

    /** Why a request is not answered. */
    record Refusal(int status, String why) {}

    /** Whether a request is for this host. */
    Optional<Refusal> host(Optional<String> hostHeader) {
        String host = hostHeader.map(Gatekeeper::hostOf).orElse("");
        boolean address = host.startsWith("[") || IPV4.matcher(host).matches();
        if (address || hosts.contains(host)) {
            return Optional.empty();
        }
        return Optional.of(new Refusal(
                421,
                "this is not answered for the host name of the request, lest a page of somebody else's asks through a browser;"
                        + " ask by IP address or localhost, or add the name to monitor.hosts"));
    }

    /** Whether a request may see lines or the configuration. */
    Optional<Refusal> trusted(Optional<String> authorization, Optional<String> origin, Optional<String> hostHeader) {
        if (origin.isPresent() && !isSame(origin.get(), hostHeader.orElse(""))) {
            return Optional.of(new Refusal(403, "this is not answered to pages of other sites"));
        }
        return switch (access) {
            case Access.Everybody _ -> Optional.empty();
            case Access.Nobody _ ->
                Optional.of(new Refusal(
                        403, "lines and configuration are shown to those who know monitor.token, which is not set"));
            case Access.Token(Secret token) -> {
                boolean known = authorization
                        .filter(text -> text.startsWith(BEARER))
                        .map(text -> Secret.of(text.substring(BEARER.length()).strip()))
                        .filter(token::equals)
                        .isPresent();
                yield known
                        ? Optional.empty()
                        : Optional.of(new Refusal(
                                401,
                                "this wants the header 'Authorization: Bearer TOKEN' with what monitor.token says"));
            }
        };
    }

    /** Whether the token is asked for: what the page is to do. */
    String accessName() {
        return switch (access) {
            case Access.Everybody _ -> "everybody";
            case Access.Nobody _ -> "nobody";
            case Access.Token _ -> "token";
        };
    }

    /** The host of a header, in lower case, without port and without the dot that ends a full name; empty when it is none. */
    private static String hostOf(String header) {
        var matcher = HOST.matcher(header);
        if (!matcher.matches()) {
            return "";
        }
        String host = matcher.group(1).toLowerCase(Locale.ROOT);
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    private static boolean isSame(String origin, String host) {
        try {
            String authority = URI.create(origin).getRawAuthority();
            return authority != null && authority.equalsIgnoreCase(host);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
