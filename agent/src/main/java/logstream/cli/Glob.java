package logstream.cli;

import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;

/** A pattern for names and tags: {@code *} stands for any characters, dots and slashes too, {@code ?} for one. */
final class Glob {
    private final Pattern pattern;

    Glob(String glob) {
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

    boolean matches(String text) {
        return pattern.matcher(text).matches();
    }

    /** Reads one from the command line. */
    static final class Converter implements ITypeConverter<Glob> {
        @Override
        public Glob convert(String text) {
            return new Glob(text);
        }
    }
}
