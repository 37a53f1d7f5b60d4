package logstream.deploy;

import java.util.Optional;

/** What the user types when it is asked. */
@FunctionalInterface
interface Answers {
    /**
     * The answer, without blanks around it; empty when there is none: the input has ended, or the user pressed Ctrl-C.
     *
     * @param question ends with a blank
     */
    Optional<String> ask(String question);
}
