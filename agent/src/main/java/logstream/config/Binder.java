package logstream.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import logstream.config.SettingType.WrongValueException;
import org.jspecify.annotations.Nullable;

/**
 * Holds a parsed file against the table of settings, and gathers every problem.
 *
 * <p>Invariant: a key of {@link #values} is a key of {@link Settings#ALL}, its value one that the setting's type made.
 *
 * <p>Threading: confined to one thread.
 */
final class Binder {
    private final Map<String, Setting<?>> settings = new HashMap<>();
    private final Set<String> sections = new HashSet<>();
    private final Map<String, Object> values = new HashMap<>();
    private final Map<String, YamlNode> places = new HashMap<>();
    private final Map<String, Origin> origins = new HashMap<>();
    private final Map<String, List<YamlNode>> itemPlaces = new HashMap<>();
    private final Map<String, List<Binder>> itemBinders = new HashMap<>();
    private final Map<String, String> environment;
    private final Set<String> seenWrong = new HashSet<>();
    private final List<Problem> problems = new ArrayList<>();

    /** @param environment its variables, by name */
    Binder(List<Setting<?>> table, Map<String, String> environment) {
        this.environment = environment;
        for (Setting<?> setting : table) {
            settings.put(setting.key(), setting);
            for (String section = setting.section(); !section.isEmpty(); section = parent(section)) {
                sections.add(section);
            }
        }
    }

    /** Takes every value of the file, and finds what is missing. */
    void bind(Optional<YamlNode> root) {
        root.ifPresent(node -> section("", node));
        findMissing(0, 0);
    }

    /** Takes every value of one item of a list of sections, and finds what is missing in it. */
    private void bindItem(String path, Setting<?> first, YamlNode item) {
        switch (item) {
            case YamlNode.Section section -> entries(path, section);
            case YamlNode.Text text -> setting(first, new YamlNode.Entry(text, text));
            case YamlNode.Items items -> notAnItem(path, items);
            case YamlNode.Nothing nothing -> notAnItem(path, nothing);
        }
        findMissing(item.line(), item.column());
    }

    private void findMissing(int line, int column) {
        for (Setting<?> setting : settings.values()) {
            boolean silent = !values.containsKey(setting.key()) && !isWrongAlready(setting.key());
            if (setting.presence() == Setting.Presence.REQUIRED && silent) {
                problems.add(new Problem(
                        line,
                        column,
                        setting.key() + " is missing. " + setting.sentence() + " Allowed: "
                                + setting.type().allowed()));
            }
        }
    }

    /** What the file says, else the default. */
    <T> T value(Setting<T> setting) {
        T value = valueOrNull(setting);
        if (value == null) {
            throw new IllegalStateException(setting.key() + " has neither value nor default");
        }
        return value;
    }

    /** What the file says, else the default, else null. */
    <T> @Nullable T valueOrNull(Setting<T> setting) {
        // The map's invariant makes the cast safe.
        @SuppressWarnings("unchecked")
        T value = (T) values.get(setting.key());
        return value == null ? setting.defaultValue() : value;
    }

    /** Where the value is from. */
    Origin origin(Setting<?> setting) {
        return origins.getOrDefault(setting.key(), Origin.DEFAULT);
    }

    /** What was made of the items of a list of sections; empty when the file does not give it. */
    List<Binder> items(Setting<?> list) {
        return itemBinders.getOrDefault(list.key(), List.of());
    }

    /** A problem between settings, reported where the first of them stands. */
    void conflict(Setting<?> setting, String sentence) {
        YamlNode place = places.get(setting.key());
        problems.add(place == null ? new Problem(0, 0, sentence) : new Problem(place.line(), place.column(), sentence));
    }

    /** A problem of one item, counted from 0, of a list of sections that the file gives. */
    void conflict(Setting<?> list, int item, String sentence) {
        List<YamlNode> items = itemPlaces.get(list.key());
        if (items == null) {
            throw new IllegalStateException(list.key() + " is not given, so no item of it is wrong");
        }
        problem(items.get(item), sentence);
    }

    /** Whether the file gives the setting a value that is allowed. */
    boolean given(Setting<?> setting) {
        return values.containsKey(setting.key());
    }

    /** Whether the setting, or a section around it, was complained about; then it has no value but the default. */
    boolean wrong(Setting<?> setting) {
        return isWrongAlready(setting.key());
    }

    /** In the order of the file; those without a place first. */
    List<Problem> problems() {
        return problems.stream().sorted(Problem.BY_PLACE).toList();
    }

    private void section(String path, YamlNode node) {
        switch (node) {
            case YamlNode.Section section -> entries(path, section);
            case YamlNode.Nothing nothing -> {} // A section whose keys are all commented out.
            case YamlNode.Text text -> notASection(path, text);
            case YamlNode.Items items -> notASection(path, items);
        }
    }

    /** Whether the key, or a section around it, was complained about. */
    private boolean isWrongAlready(String key) {
        return seenWrong.contains(key) || (!key.isEmpty() && isWrongAlready(parent(key)));
    }

    private void notASection(String path, YamlNode node) {
        seenWrong.add(path);
        String what = path.isEmpty() ? "the file must be" : path + " must be";
        problem(node, what + " a section with the keys " + keysOf(path) + "; found " + describedIn(path, node));
    }

    /** Where a section has a secret among its keys, a text in its place may be one whose colon has no space behind it. */
    private String describedIn(String path, YamlNode node) {
        boolean mayBeSecret = settings.values().stream()
                .anyMatch(setting ->
                        isSecret(setting) && (path.isEmpty() || setting.key().startsWith(path + ".")));
        return mayBeSecret && node instanceof YamlNode.Text
                ? "a text, not shown here. Behind the colon of a key stands a space"
                : node.described();
    }

    /** Whether it is such as {@code shared_key:SECRET}, with no space behind the colon, in the place of something else. */
    private boolean namesSecret(String text) {
        return settings.values().stream().anyMatch(setting -> isSecret(setting) && text.contains(setting.name() + ":"));
    }

    private static boolean isSecret(Setting<?> setting) {
        return setting.type() instanceof TextType<?> type && type.isSecret();
    }

    private void notAnItem(String path, YamlNode node) {
        seenWrong.add(path);
        problem(
                node,
                "an item of " + path + " must be a plain text or a section with the keys " + keysOf(path) + "; found "
                        + node.described());
    }

    private void entries(String path, YamlNode.Section section) {
        Map<String, YamlNode.Text> seen = new HashMap<>();
        for (YamlNode.Entry entry : section.entries()) {
            YamlNode.Text key = entry.key();
            String fullKey = path.isEmpty() ? key.text() : path + "." + key.text();
            YamlNode.Text first = seen.putIfAbsent(key.text(), key);
            Setting<?> setting = key.text().contains(".") ? null : settings.get(fullKey);
            if (first != null) {
                problem(key, fullKey + " is given twice; the first is in line " + first.line());
            } else if (setting != null) {
                setting(setting, entry);
            } else if (sections.contains(fullKey) && !key.text().contains(".")) {
                section(fullKey, entry.value());
            } else {
                problem(key, unknown(path, key, fullKey));
            }
        }
    }

    private String unknown(String path, YamlNode.Text key, String fullKey) {
        int colon = key.text().indexOf(':');
        if (colon >= 0) {
            // Such as shared_key:SECRET, which YAML takes for a key.
            String name = fullKey.substring(0, fullKey.length() - key.text().length() + colon);
            return "unknown key that begins with " + new YamlNode.Text(0, 0, name).described()
                    + " and has a colon in it. Behind the colon of a key stands a space";
        }
        String begin = "unknown key " + new YamlNode.Text(0, 0, fullKey).described();
        if (settings.containsKey(fullKey)) {
            return begin + ". Sections are nested: write "
                    + settings.get(fullKey).name() + " in a section "
                    + settings.get(fullKey).section().replace(".", ", in a section ");
        }
        List<String> known = new ArrayList<>(settings.keySet());
        known.addAll(sections);
        return NearestKey.to(fullKey, key.text(), known)
                .map(nearest -> begin + ". Did you mean " + nearest + "?")
                .orElseGet(() -> begin + ". Known " + (path.isEmpty() ? "here" : "in " + path) + ": " + keysOf(path));
    }

    private <T> void setting(Setting<T> setting, YamlNode.Entry entry) {
        places.put(setting.key(), entry.key());
        switch (setting.type()) {
            case TextType<T> type -> text(setting, type, entry);
            case SectionsType<?> type -> sections(setting, type, entry);
        }
    }

    private <T> void text(Setting<T> setting, TextType<T> type, YamlNode.Entry entry) {
        YamlNode node = entry.value();
        Optional<SettingText> found = Optional.empty();
        try {
            found = SettingText.of(type, node, environment);
            if (found.isPresent()) {
                SettingText text = found.get();
                values.put(setting.key(), type.parse(text.texts()));
                List<String> sources = new ArrayList<>(text.variables());
                type.secretFiles(text.texts()).forEach(file -> sources.add("secret file " + file));
                origins.put(setting.key(), new Origin(node.line(), List.copyOf(sources)));
                return;
            }
            wrong(setting, node, entry.key(), node instanceof YamlNode.Items ? listHint(type) : "");
        } catch (WrongValueException wrong) {
            if (node instanceof YamlNode.Text text && namesSecret(text.text())) {
                wrong(setting, node, entry.key(), "Behind the colon of a key stands a space");
                return;
            }
            String standsFor = standsFor(type, found);
            String between = wrong.hint().isEmpty() || standsFor.isEmpty() ? "" : ". ";
            wrong(setting, node, entry.key(), wrong.hint() + between + standsFor);
        }
    }

    /** What the wrong value is, when the file shows only variables. */
    private static String standsFor(TextType<?> type, Optional<SettingText> found) {
        return found.filter(text -> !type.isSecret() && !text.variables().isEmpty())
                .map(text -> "With its environment variables it is "
                        + new YamlNode.Text(0, 0, String.join(", ", text.texts())).described())
                .orElse("");
    }

    private <E> void sections(Setting<?> setting, SectionsType<E> type, YamlNode.Entry entry) {
        List<YamlNode> items = switch (entry.value()) {
            case YamlNode.Items list -> list.items();
            case YamlNode.Text text -> List.of(text);
            case YamlNode.Section section -> List.of(section);
            case YamlNode.Nothing nothing -> List.of();
        };
        if (entry.value() instanceof YamlNode.Nothing || items.size() > type.most()) {
            wrong(setting, entry.value(), entry.key(), items.isEmpty() ? "" : "That are " + items.size());
            return;
        }
        List<E> elements = new ArrayList<>();
        List<Binder> binders = new ArrayList<>();
        for (YamlNode item : items) {
            Binder inside = new Binder(type.keys(), environment);
            binders.add(inside);
            inside.bindItem(setting.key(), type.keys().getFirst(), item);
            if (inside.problems.isEmpty()) {
                elements.add(type.reader().apply(inside));
            }
            problems.addAll(inside.problems);
        }
        itemPlaces.put(setting.key(), items);
        itemBinders.put(setting.key(), binders);
        if (elements.size() == items.size()) {
            values.put(setting.key(), List.copyOf(elements));
            origins.put(setting.key(), new Origin(entry.key().line(), List.of()));
        } else {
            seenWrong.add(setting.key());
        }
    }

    private void wrong(Setting<?> setting, YamlNode node, YamlNode.Text key, String hint) {
        seenWrong.add(setting.key());
        boolean nothing = node instanceof YamlNode.Nothing;
        problem(
                nothing ? key : node,
                setting.key() + found(setting, node) + ". Allowed: "
                        + setting.type().allowed() + (hint.isEmpty() ? "" : ". " + hint));
    }

    private String found(Setting<?> setting, YamlNode node) {
        return switch (node) {
            case YamlNode.Nothing nothing -> " has no value. Give one or leave the key out";
            case YamlNode.Text text ->
                isSecret(setting) || namesSecret(text.text())
                        ? " has a wrong value, not shown here"
                        : " is " + text.described();
            case YamlNode.Items items -> " is " + items.described();
            case YamlNode.Section section -> " is " + section.described();
        };
    }

    private static String listHint(TextType<?> type) {
        return type.takesList() ? "Each item is a plain text" : "It takes one value";
    }

    private void problem(YamlNode place, String sentence) {
        problems.add(new Problem(place.line(), place.column(), sentence));
    }

    private String keysOf(String path) {
        return Stream.concat(settings.keySet().stream(), sections.stream())
                .filter(key -> parent(key).equals(path))
                .map(key -> key.substring(key.lastIndexOf('.') + 1))
                .sorted()
                .collect(Collectors.joining(", "));
    }

    private static String parent(String key) {
        return key.substring(0, Math.max(0, key.lastIndexOf('.')));
    }
}
