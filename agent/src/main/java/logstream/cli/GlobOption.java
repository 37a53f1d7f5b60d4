package logstream.cli;

import logstream.tail.Glob;
import picocli.CommandLine.ITypeConverter;

/** Reads a pattern for names and tags from the command line. */
final class GlobOption implements ITypeConverter<Glob> {
    @Override
    public Glob convert(String text) {
        return new Glob(text);
    }
}
