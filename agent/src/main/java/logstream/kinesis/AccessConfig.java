package logstream.kinesis;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How AWS is reached, and as whom, where the usual does not do.
 *
 * @param profile whose credentials and region are used, and no others; empty: the default chain looks everywhere
 * @param proxy http or https, perhaps with user and password; empty: that of HTTPS_PROXY, if there is one. An endpoint on
 *     loopback is reached without
 * @param fips whether the FIPS 140 endpoints are used; false: as the environment or the profile says
 * @param dualStack whether the endpoints for IPv4 and IPv6 are used; false: as the environment or the profile says
 * @param ca file of certificates in PEM that are trusted besides those that Java trusts
 */
public record AccessConfig(
        Optional<String> profile, Optional<URI> proxy, boolean fips, boolean dualStack, Optional<Path> ca) {
    public static final AccessConfig DEFAULT =
            new AccessConfig(Optional.empty(), Optional.empty(), false, false, Optional.empty());

    /** Without the proxy's user and password. */
    @Override
    public String toString() {
        return "AccessConfig[profile=" + profile + ", proxy="
                + proxy.map(url -> url.getScheme() + "://" + url.getHost()) + ", fips=" + fips + ", dualStack="
                + dualStack + ", ca=" + ca + "]";
    }
}
