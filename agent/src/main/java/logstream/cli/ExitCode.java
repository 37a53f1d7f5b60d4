package logstream.cli;

/** What the program ends with; each command's help lists those it uses. */
final class ExitCode {
    static final int OK = 0;
    /** It could not start, or what it was told to do failed. */
    static final int FAILED = 1;
    /** Wrong options or a wrong configuration: trying again changes nothing. */
    static final int USAGE = 2;
    /** {@code send}: some lines are not known to be stored. */
    static final int UNSURE = 3;
    /** {@code drain}: something is left in the buffer; {@code replay}: some are still dead letters; {@code import}: something was left out; {@code check}: not all could be told;
     * {@code convert-config}: something is left to decide. */
    static final int LEFT = 3;
    /** Ended by a second Ctrl-C, as shells count it. */
    static final int INTERRUPTED = 130;

    private ExitCode() {}
}
