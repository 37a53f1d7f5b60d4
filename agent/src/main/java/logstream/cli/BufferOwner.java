package logstream.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;

/** Whose a buffer is: files that another user puts there, the agent could not use, and would not start. */
final class BufferOwner {
    /** Belongs to whom the process runs as. Only Linux has it. */
    private static final Path SELF = Path.of("/proc/self");

    private BufferOwner() {}

    /**
     * Checks that whoever runs this is the owner of the folder, if that is there.
     *
     * @throws Failure when somebody else is
     */
    static void check(Path folder) throws Failure {
        try {
            if (!Files.isDirectory(folder) || !Files.isDirectory(SELF)) {
                return;
            }
            UserPrincipal owner = Files.getOwner(folder);
            UserPrincipal self = Files.getOwner(SELF);
            if (!owner.equals(self)) {
                throw new Failure(
                        ExitCode.FAILED,
                        "the buffer folder " + folder + " belongs to " + owner.getName() + ", and this runs as "
                                + self.getName() + ": what it writes, the agent could not use. Run it as "
                                + owner.getName());
            }
        } catch (IOException unknown) {
            throw FolderChoice.unreadable(unknown);
        }
    }
}
