package logstream.deploy;

/** What the program ends with; each command's help lists those it uses. */
final class ExitCode {
    static final int OK = 0;
    /** Wrong options: trying again changes nothing. */
    static final int USAGE = 2;

    private ExitCode() {}
}
