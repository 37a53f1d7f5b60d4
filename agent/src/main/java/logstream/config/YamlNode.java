package logstream.config;

import java.util.List;
import java.util.Locale;

/** A value of a YAML file, and where it stands. Lines and columns count from 1. */
sealed interface YamlNode {
    int line();

    int column();

    /** How a person would call what was found. */
    String described();

    /** A plain value, with its text as the file has it. */
    record Text(int line, int column, String text) implements YamlNode {
        private static final int LONGEST_SHOWN = 80;

        @Override
        public String described() {
            String shown = text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "…";
            StringBuilder safe = new StringBuilder("'");
            shown.chars()
                    .forEach(character -> safe.append(
                            Character.isISOControl(character)
                                    ? String.format(Locale.ROOT, "\\x%02x", character)
                                    : Character.toString(character)));
            return safe.append('\'').toString();
        }
    }

    /** A key with nothing behind it, or null. */
    record Nothing(int line, int column) implements YamlNode {
        @Override
        public String described() {
            return "no value";
        }
    }

    record Items(int line, int column, List<YamlNode> items) implements YamlNode {
        @Override
        public String described() {
            return "a list";
        }
    }

    record Section(int line, int column, List<Entry> entries) implements YamlNode {
        @Override
        public String described() {
            return "a section";
        }
    }

    /** A key of a section, where the key stands, and what is behind it. */
    record Entry(Text key, YamlNode value) {}
}
