package logstream.migration;

import java.util.List;
import java.util.Optional;

/**
 * One section of a fluentd configuration, such as {@code <match grid.**>}, with what is in it; the whole file is one, too.
 *
 * <p>Threading: immutable.
 *
 * @param name what stands behind the bracket; empty for the file
 * @param argument what stands behind the name; may be empty
 * @param line from 1; 0 for the file
 */
record FluentdElement(
        String name, String argument, int line, List<Parameter> parameters, List<FluentdElement> elements) {
    /**
     * A line of a section.
     *
     * @param value empty when there is nothing but a name
     */
    record Parameter(String name, Optional<String> value, int line) {
        /** As fluentd takes it: a name by itself is a flag that is set. */
        String text() {
            return value.orElse("true");
        }
    }

    /** What {@code @type}, or {@code type} in older files, names; empty without one. */
    String type() {
        return parameters.stream()
                .filter(one -> one.name().equals("@type") || one.name().equals("type"))
                .map(Parameter::text)
                .findFirst()
                .orElse("");
    }
}
