package logstream.deploy;

import picocli.CommandLine.IVersionProvider;

/** The version that the jar was built as. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = LogstreamDeploy.class.getPackage().getImplementationVersion();
        return new String[] {
            "logstream-deploy " + (version == null ? "development" : version) + " (Java " + Runtime.version() + ")"
        };
    }
}
