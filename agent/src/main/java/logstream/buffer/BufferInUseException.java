package logstream.buffer;

import java.io.IOException;
import java.nio.file.Path;

/** Another agent has the buffer folder; the message is a sentence for the operator. */
public final class BufferInUseException extends IOException {
    private static final long serialVersionUID = 1L;

    BufferInUseException(Path folder) {
        super("another agent uses the buffer folder " + folder
                + "; stop it, or set buffer.directory to another folder");
    }
}
