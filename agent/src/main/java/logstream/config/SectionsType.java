package logstream.config;

import java.util.List;
import java.util.function.Function;

/**
 * The type of a setting that is a list of sections, all with the same keys. An item that is a plain text stands for a
 * section with nothing but the first key; a single item needs no list.
 *
 * <p>Threading: immutable.
 *
 * @param allowed what is allowed, see {@link SettingType#allowed}
 * @param most how many items the list may have
 * @param keys the settings of an item, their keys beginning with that of the list; the first is required
 * @param reader makes the value of an item with which nothing is wrong
 */
record SectionsType<E>(String allowed, int most, List<Setting<?>> keys, Function<Binder, E> reader)
        implements SettingType<List<E>> {
    /** Only the empty list is anywhere a default. */
    @Override
    public String show(List<E> value) {
        return value.toString();
    }
}
