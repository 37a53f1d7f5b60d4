package logstream.deploy.aws;

/** What the user should know while it waits. */
@FunctionalInterface
public interface Notices {
    void say(String sentence);
}
