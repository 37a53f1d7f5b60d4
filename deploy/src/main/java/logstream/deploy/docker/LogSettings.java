package logstream.deploy.docker;

import java.util.List;

/** A log driver and its options: what a container is started with. */
public record LogSettings(String driver, List<LogOption> options) {}
