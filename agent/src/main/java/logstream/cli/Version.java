package logstream.cli;

import picocli.CommandLine.IVersionProvider;

/** The version that the jar was built as. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Logstream.class.getPackage().getImplementationVersion();
        return new String[] {
            "logstream " + (version == null ? "development" : version) + " (Java " + Runtime.version() + ")"
        };
    }
}
