package logstream.tail;

import java.util.regex.Pattern;

/** A pattern for names and tags: {@code *} stands for any characters, dots and slashes too, {@code ?} for one. Threading: immutable. */
public final class Glob {
    private final String glob;
    private final Pattern pattern;

    public Glob(String glob) {
        this.glob = glob;
        StringBuilder regex = new StringBuilder();
        glob.codePoints().forEach(character -> {
            switch (character) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                default -> regex.append(Pattern.quote(Character.toString(character)));
            }
        });
        // Several stars in a row mean one, and must not cost more.
        pattern = Pattern.compile(regex.toString().replaceAll("(\\.\\*)+", ".*"), Pattern.DOTALL);
    }

    /** The pattern as it was given. */
    public String text() {
        return glob;
    }

    /** Whether the whole text is as the pattern says. */
    public boolean matches(String text) {
        return pattern.matcher(text).matches();
    }
}
