package logstream.deploy;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A stack's name, as CloudFormation takes it. */
final class StackName implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
        if (!text.matches("[a-zA-Z][-a-zA-Z0-9]{0,127}")) {
            throw new TypeConversionException(
                    "'" + text + "' is no name of a stack: a letter, then up to 127 letters, digits and hyphens");
        }
        return text;
    }
}
