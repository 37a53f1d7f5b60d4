package logstream.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import logstream.buffer.BufferConfig.MinFree;
import logstream.config.SettingType.WrongValueException;
import logstream.forward.Network;

/**
 * The types that settings have.
 *
 * <p>Threading: stateless.
 */
final class Types {
    private static final int MAX_NAMES = 1000;

    private static final Pattern ADDRESS = Pattern.compile("[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+(%[A-Za-z0-9._-]+)?");

    /** A whole number and perhaps a unit. */
    private static final Shape.Text QUANTITY = new Shape.Text("[0-9]{1,18} ?[A-Za-z]{0,3}");

    private Types() {}

    /** Reads one text. */
    private interface Reader<T> {
        T read(String text) throws WrongValueException;
    }

    private record Plain<T>(String allowed, Shape shape, Reader<T> reader, Function<T, String> shower)
            implements TextType<T> {
        @Override
        public T parse(List<String> texts) throws WrongValueException {
            return reader.read(texts.getFirst());
        }

        @Override
        public String show(T value) {
            return shower.apply(value);
        }
    }

    static SettingType<List<String>> tagPatterns() {
        return new TagPatternsType();
    }

    private record Names() implements TextType<List<String>> {
        @Override
        public String allowed() {
            return "1 to " + MAX_NAMES + " names";
        }

        @Override
        public List<String> parse(List<String> texts) throws WrongValueException {
            if (texts.isEmpty() || texts.size() > MAX_NAMES) {
                throw new WrongValueException("That are " + texts.size() + " names");
            }
            for (String text : texts) {
                if (text.isBlank()) {
                    throw new WrongValueException("A name is empty");
                }
            }
            return List.copyOf(texts);
        }

        @Override
        public String show(List<String> value) {
            return value.toString();
        }

        @Override
        public boolean takesList() {
            return true;
        }
    }

    static SettingType<List<String>> names() {
        return new Names();
    }

    static SettingType<Network> network() {
        return new Plain<>(
                "an IP address or a network such as 10.0.0.0/8 or 'fd00::/8'",
                new Shape.Text("[0-9A-Fa-f:.]+(?:/[0-9]{1,3})?"),
                text -> {
                    try {
                        return Network.parse(text);
                    } catch (IllegalArgumentException wrong) {
                        throw new WrongValueException(String.valueOf(wrong.getMessage()));
                    }
                },
                Network::toString);
    }

    static SettingType<Integer> count(int least, int most) {
        return new Plain<>(
                "a whole number, " + grouped(least) + " to " + grouped(most),
                new Shape.Count(least, most),
                text -> (int) number(text, least, most),
                value -> Integer.toString(value));
    }

    static SettingType<Integer> port() {
        return new Plain<>(
                "a port, 0 to 65535 (0: the system chooses one)",
                new Shape.Count(0, 65_535),
                text -> (int) number(text, 0, 65_535),
                value -> Integer.toString(value));
    }

    static SettingType<Long> size(long least, long most) {
        return new Plain<>(
                "a size, " + Quantity.showBytes(least) + " to " + Quantity.showBytes(most),
                QUANTITY,
                text -> inRange(Quantity.bytes(text), least, most),
                Quantity::showBytes);
    }

    static SettingType<Duration> duration(Duration least, Duration most) {
        return new Plain<>(
                "a duration, " + Quantity.showDuration(least) + " to " + Quantity.showDuration(most),
                QUANTITY,
                text -> {
                    Duration duration = Quantity.duration(text);
                    if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
                        throw new WrongValueException("");
                    }
                    return duration;
                },
                Quantity::showDuration);
    }

    static SettingType<String> address() {
        return new Plain<>(
                "an IP address or host name; 0.0.0.0 for all of IPv4, '::' for all",
                new Shape.Text(ADDRESS.pattern()),
                text -> {
                    if (text.matches("[^:]+:\\d+")) {
                        throw new WrongValueException("The port has a setting of its own");
                    }
                    return matching(text, ADDRESS);
                },
                Function.identity());
    }

    static SettingType<String> text(String allowed, String pattern) {
        Pattern compiled = Pattern.compile(pattern);
        return new Plain<>(allowed, new Shape.Text(pattern), text -> matching(text, compiled), Function.identity());
    }

    static SettingType<Boolean> flag() {
        return new Plain<>(
                "true or false",
                new Shape.Flag(),
                text -> {
                    if (!text.equals("true") && !text.equals("false")) {
                        throw new WrongValueException("");
                    }
                    return text.equals("true");
                },
                value -> Boolean.toString(value));
    }

    static SettingType<Path> folder() {
        return path("folder");
    }

    static SettingType<Path> file() {
        return path("file");
    }

    private static SettingType<Path> path(String what) {
        return new Plain<>(
                "a " + what + "; a relative one begins at the folder of the configuration file",
                new Shape.Text("[^~][\\s\\S]*"),
                text -> {
                    if (text.isBlank()) {
                        throw new WrongValueException("");
                    }
                    if (text.startsWith("~")) {
                        throw new WrongValueException("~ is not expanded: write the " + what + " out");
                    }
                    try {
                        return Path.of(text);
                    } catch (InvalidPathException invalid) {
                        throw new WrongValueException("No file system takes this as a path");
                    }
                },
                Path::toString);
    }

    static SettingType<URI> httpUrl() {
        return new Plain<>(
                "a URL with http or https and a host, such as http://127.0.0.1:4567",
                new Shape.Text("https?://[^?#]+"),
                Types::httpUrl,
                URI::toString);
    }

    static URI httpUrl(String text) throws WrongValueException {
        try {
            URI uri = new URI(text);
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (http && uri.getHost() != null && uri.getQuery() == null && uri.getFragment() == null) {
                return uri;
            }
        } catch (URISyntaxException noUri) {
            // Said below, as for any other text.
        }
        throw new WrongValueException("");
    }

    static SettingType<MinFree> minFree() {
        return new Plain<>(
                "a size, 0 (none) to 1024GiB, or 1% to 50% of the file system (then at most "
                        + Quantity.showBytes(MinFree.MOST_OF_SHARE) + ")",
                new Shape.Text("[0-9]{1,2}%|" + QUANTITY.pattern()),
                text -> text.endsWith("%")
                        ? MinFree.share((int) number(text.substring(0, text.length() - 1), 1, 50))
                        : MinFree.bytes(inRange(Quantity.bytes(text), 0, 1024L << 30)),
                value -> value.percent() == 100 ? Quantity.showBytes(value.bytes()) : value.percent() + "%");
    }

    static <E extends Enum<E>> SettingType<E> choice(Class<E> choices) {
        String names = Arrays.stream(choices.getEnumConstants())
                .map(Types::lower)
                .collect(Collectors.joining(", "))
                .replaceFirst(", ([^,]*)$", " or $1");
        return new Plain<>(
                names,
                new Shape.Choice(Arrays.stream(choices.getEnumConstants())
                        .map(Types::lower)
                        .toList()),
                text -> {
                    for (E choice : choices.getEnumConstants()) {
                        if (lower(choice).equals(text)) {
                            return choice;
                        }
                    }
                    throw new WrongValueException("");
                },
                Types::lower);
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static long number(String text, long least, long most) throws WrongValueException {
        if (!text.matches("-?\\d{1,18}")) {
            throw new WrongValueException("");
        }
        return inRange(Long.parseLong(text), least, most);
    }

    private static long inRange(long value, long least, long most) throws WrongValueException {
        if (value < least || value > most) {
            throw new WrongValueException("");
        }
        return value;
    }

    private static String matching(String text, Pattern pattern) throws WrongValueException {
        if (!pattern.matcher(text).matches()) {
            throw new WrongValueException("");
        }
        return text;
    }

    private static String grouped(int number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
