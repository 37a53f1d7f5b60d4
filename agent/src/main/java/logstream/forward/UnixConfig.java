package logstream.forward;

import java.util.Optional;

/**
 * Who may connect to a UNIX socket.
 *
 * @param mode permissions of the socket's file, 0 to 0777
 * @param user its owner; empty leaves it to the user that the agent runs as
 * @param group its group; empty leaves it to the group that the agent runs as
 */
public record UnixConfig(int mode, Optional<String> user, Optional<String> group) {
    /** The agent's own user and group. */
    public static final UnixConfig DEFAULT = new UnixConfig(0660, Optional.empty(), Optional.empty());
}
