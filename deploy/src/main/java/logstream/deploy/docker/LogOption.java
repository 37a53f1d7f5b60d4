package logstream.deploy.docker;

/**
 * A setting of a log driver.
 *
 * @param why what it does for a line, in a sentence or two
 */
public record LogOption(String name, String value, String why) {}
