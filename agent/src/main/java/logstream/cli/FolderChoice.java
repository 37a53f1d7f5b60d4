package logstream.cli;

import java.io.IOException;
import java.nio.file.Path;
import logstream.buffer.BufferConfig;
import logstream.buffer.FolderView;
import logstream.config.ConfigException;
import logstream.config.ConfigFile;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Which buffer a command is about: a folder, or the one that a configuration names. */
final class FolderChoice {
    @Parameters(
            arity = "0..1",
            paramLabel = "DIR",
            description = "Folder of the buffer. Default: /var/lib/logstream/buffer.")
    private @Nullable Path folder;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The agent's configuration, which names the folder, instead of DIR.")
    private @Nullable Path config;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    /**
     * The folder, absolute; it need not be there.
     *
     * @throws Failure when the configuration is wrong
     */
    Path folder() throws Failure {
        if (folder != null && config != null) {
            throw new ParameterException(spec.commandLine(), "DIR and --config exclude each other");
        }
        if (config == null) {
            return (folder == null ? BufferConfig.DEFAULT.directory() : folder).toAbsolutePath();
        }
        try {
            return ConfigFile.read(config).buffer().directory().toAbsolutePath();
        } catch (ConfigException wrong) {
            throw new Failure(ExitCode.USAGE, String.valueOf(wrong.getMessage()), wrong);
        }
    }

    /**
     * What is in it.
     *
     * @throws Failure when it is no folder of a buffer, or cannot be read
     */
    FolderView view() throws Failure {
        Path chosen = folder();
        try {
            FolderView view = FolderView.look(chosen);
            if (view.isNoBuffer()) {
                throw noBuffer(chosen);
            }
            return view;
        } catch (IOException unreadable) {
            throw unreadable(unreadable);
        }
    }

    /**
     * The folder, of which it is known that it is one of a buffer.
     *
     * @throws Failure when it is none, or cannot be read
     */
    Path bufferFolder() throws Failure {
        Path chosen = folder();
        try {
            if (!FolderView.isBuffer(chosen)) {
                throw noBuffer(chosen);
            }
            return chosen;
        } catch (IOException unreadable) {
            throw unreadable(unreadable);
        }
    }

    private static Failure noBuffer(Path folder) {
        return new Failure(
                ExitCode.USAGE,
                folder + " is not the folder of a buffer: there is no chunk in it; name the one of buffer.directory");
    }

    static Failure unreadable(IOException unreadable) {
        return new Failure(ExitCode.USAGE, String.valueOf(unreadable.getMessage()), unreadable);
    }
}
