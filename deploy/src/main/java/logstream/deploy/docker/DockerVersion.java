package logstream.deploy.docker;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A version of the Docker engine, such as 20.10; further digits are of no importance to options. */
public record DockerVersion(int major, int minor) implements Comparable<DockerVersion> {
    /** The oldest whose options are known here. */
    public static final DockerVersion OLDEST = new DockerVersion(17, 12);

    private static final Pattern FORM = Pattern.compile("v?(\\d{1,4})(?:\\.(\\d{1,4}))?(?:[.+~-].{0,60})?");
    private static final Comparator<DockerVersion> ORDER =
            Comparator.comparingInt(DockerVersion::major).thenComparingInt(DockerVersion::minor);

    /**
     * Reads a version as {@code docker version} prints it.
     *
     * @throws IllegalArgumentException with the end of a sentence that begins with the text
     */
    public static DockerVersion parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException("is no version such as 20.10");
        }
        int minor = form.group(2) == null ? 0 : Integer.parseInt(form.group(2));
        DockerVersion version = new DockerVersion(Integer.parseInt(form.group(1)), minor);
        if (version.compareTo(OLDEST) < 0) {
            throw new IllegalArgumentException("is older than " + OLDEST + ", the oldest whose options are known here");
        }
        return version;
    }

    /** Whether it is this version or a later one. */
    public boolean isSince(DockerVersion other) {
        return compareTo(other) >= 0;
    }

    @Override
    public int compareTo(DockerVersion other) {
        return ORDER.compare(this, other);
    }

    /** As Docker writes it: 19.03, 20.10, 23.0. */
    @Override
    public String toString() {
        return major + "." + (major < 20 && minor < 10 ? "0" + minor : String.valueOf(minor));
    }
}
