package logstream.deploy.docker;

import java.util.Map;

/**
 * What a container's log settings are wanted for.
 *
 * @param tag what its lines are known by
 * @param given options that were given, in the place of ours or beside them
 * @param blocking whether lines wait for the agent, rather than being dropped when too many are waiting
 */
public record LogWish(String driver, String tag, Map<String, String> given, boolean blocking, DockerVersion version) {}
