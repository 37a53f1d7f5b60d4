package logstream.deploy;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The second word that is asked for before a stream is given up: the first is an option, this is the stack's name. */
final class SparedStream {
    private SparedStream() {}

    /**
     * Returns when the stack's name was said, as an option or at the keyboard.
     *
     * @param said what {@code --confirm} says
     * @param asks whether somebody may be asked
     * @param what happens to the stream, as in "to delete its stream"
     */
    static void confirm(String stack, @Nullable String said, boolean asks, Answers answers, String what)
            throws Failure {
        Optional<String> name = Optional.ofNullable(said);
        if (name.isEmpty() && asks) {
            name = answers.ask("Type the stack's name " + what + ": ");
        }
        if (name.isEmpty()) {
            throw new Failure(ExitCode.NOT_DONE, what + ", --confirm " + stack + " is wanted, too; nothing was done");
        }
        if (!name.get().equals(stack)) {
            throw new Failure(
                    ExitCode.NOT_DONE, "'" + name.get() + "' is not the stack's name, " + stack + "; nothing was done");
        }
    }
}
