package logstream.buffer;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Deletes dead letters of a buffer that no agent uses.
 *
 * <p>Threading: stateless.
 */
public final class DeadLetterPurge {
    private DeadLetterPurge() {}

    /**
     * Deletes those that are meant; no agent can start meanwhile.
     *
     * @throws BufferInUseException when an agent uses the folder: it must do it itself
     */
    public static TakenOut offline(Path bufferFolder, DeadLetterSelection selection) throws IOException {
        try (FolderLock _ = FolderLock.take(bufferFolder, ChunkFiles.REAL)) {
            return new TakingOut(ChunkFiles.REAL).purge(DeadLetterFiles.list(bufferFolder), selection);
        }
    }
}
