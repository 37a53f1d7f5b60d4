package logstream.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The commented reference configuration, made from {@link Settings}: every setting with what it does, what is allowed and
 * its default. What is commented out is the default; the rest must be given.
 *
 * <p>Format: YAML. A comment begins with {@code # }, a setting that is commented out with {@code #} and no space.
 *
 * <p>Threading: stateless.
 */
public final class ReferenceFile {
    private static final int WIDTH = 100;

    /** What YAML takes as the text that it is. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./-][A-Za-z0-9_./%+-]*");

    private static final String HEAD = """
            # yaml-language-server: $schema=./logstream.schema.json
            #
            # Every setting of Logstream. What is commented out holds as it stands there, or is not set.
            # Sizes: B, KB, MB, GB (powers of 1000), KiB, MiB, GiB (powers of 1024). Durations: ms, s, m, h, d.
            # Each value may have environment variables in it: ${NAME}, or ${NAME:-what holds without it}; $${ is a
            # plain ${. Secrets may be in files of their own: file:/run/secrets/forward_key.
            # 'logstream check FILE' tells everything that is wrong with a file; 'logstream config show FILE' what holds.
            # SIGHUP has a running agent load its file again. It takes over the settings with "Reload: yes"; if any other
            # has changed, or something is wrong, it goes on with what it has, and its log says why.
            """;

    private ReferenceFile() {}

    /** The file, ending in a line feed. */
    public static String yaml() {
        List<String> lines = new ArrayList<>(HEAD.lines().toList());
        section("", Settings.ALL, lines);
        return String.join("\n", lines) + "\n";
    }

    private static void section(String path, List<Setting<?>> settings, List<String> lines) {
        String indent = indent(path);
        List<String> done = new ArrayList<>();
        for (Setting<?> setting : settings) {
            if (setting.section().equals(path)) {
                setting(setting, indent, lines);
            } else if (path.isEmpty() || setting.section().startsWith(path + ".")) {
                String inside = setting.key().substring(path.isEmpty() ? 0 : path.length() + 1);
                String name = inside.substring(0, inside.indexOf('.'));
                String full = path.isEmpty() ? name : path + "." + name;
                if (!done.contains(full)) {
                    lines.add("");
                    lines.add(indent + name + ":");
                    section(full, settings, lines);
                }
                done.add(full);
            }
        }
    }

    private static void setting(Setting<?> setting, String indent, List<String> lines) {
        lines.add("");
        comment(setting.sentence(), indent, lines);
        comment("Allowed: " + setting.type().allowed(), indent, lines);
        comment("Reload: " + (setting.reloadable() ? "yes" : "no, restart"), indent, lines);
        String value = setting.defaultText();
        if (setting.presence() == Setting.Presence.REQUIRED) {
            lines.add(indent + setting.name() + ": logstream");
        } else if (setting.defaultValue() == null) {
            lines.add(indent + "#" + setting.name() + ":");
        } else {
            boolean bare = setting.type() instanceof SectionsType<?>
                    || takesList(setting)
                    || PLAIN.matcher(value).matches();
            lines.add(indent + "#" + setting.name() + ": " + (bare ? value : "'" + value.replace("'", "''") + "'"));
        }
        if (setting.type() instanceof SectionsType<?> sections) {
            items(sections, indent, lines);
        }
    }

    private static void items(SectionsType<?> sections, String indent, List<String> lines) {
        comment("Each item may have:", indent, lines);
        for (Setting<?> key : sections.keys()) {
            comment("  " + key.name() + ": " + key.sentence(), indent, lines);
            comment("    Allowed: " + key.type().allowed(), indent, lines);
        }
    }

    private static boolean takesList(Setting<?> setting) {
        return setting.type() instanceof TextType<?> type && type.takesList();
    }

    private static void comment(String text, String indent, List<String> lines) {
        StringBuilder line = new StringBuilder(indent + "#");
        String hang = " ".repeat(text.length() - text.stripLeading().length());
        for (String word : text.strip().split(" ", -1)) {
            boolean first = line.length() == indent.length() + 1;
            if (!first && line.length() + 1 + word.length() > WIDTH) {
                lines.add(line.toString());
                line = new StringBuilder(indent + "#" + hang + "  ");
            }
            line.append(first ? " " + hang : " ").append(word);
        }
        lines.add(line.toString());
    }

    private static String indent(String path) {
        return path.isEmpty() ? "" : "  ".repeat(path.split("\\.", -1).length);
    }
}
