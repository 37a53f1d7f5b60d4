package logstream.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a port to listen on from the command line; 0 stands for a free one. */
final class PortOption implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
        int port = text.matches("\\d{1,5}") ? Integer.parseInt(text) : -1;
        if (port < 0 || port > 65_535) {
            throw new TypeConversionException("'" + text + "' is no port, 0 to 65535 (0 takes a free one)");
        }
        return port;
    }
}
