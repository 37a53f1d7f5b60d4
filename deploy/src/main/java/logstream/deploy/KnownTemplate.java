package logstream.deploy;

import java.util.List;
import java.util.Map;
import logstream.deploy.templates.StackTemplate;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A template by its name. */
final class KnownTemplate implements ITypeConverter<StackTemplate> {
    /** In the place of an option that was not given yet. */
    static final StackTemplate NONE = new StackTemplate("", "", "", List.of(), Map.of(), List.of());

    @Override
    public StackTemplate convert(String text) {
        return StackTemplate.named(text)
                .orElseThrow(() -> new TypeConversionException(
                        "there is no template '" + text + "'; there are " + String.join(", ", StackTemplate.NAMES)));
    }
}
