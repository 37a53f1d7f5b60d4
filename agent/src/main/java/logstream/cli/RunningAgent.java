package logstream.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.Consumer;
import logstream.buffer.LockTable;
import logstream.control.ControlClient;
import logstream.control.NoAgentException;
import logstream.control.RefusedException;

/** The agent that uses a folder, as commands speak to it. */
record RunningAgent(Path folder) {
    /**
     * Tells it to do something and waits until that is done.
     *
     * @param silence longest wait for its next word
     * @throws NoAgentException when none answers
     * @throws Failure when it refuses, or ends before it is done
     */
    ObjectNode tell(String command, ObjectNode request, Duration silence, Consumer<ObjectNode> onProgress)
            throws NoAgentException, Failure {
        try {
            return ControlClient.ask(folder, command, request, silence, onProgress);
        } catch (NoAgentException e) {
            throw e;
        } catch (RefusedException e) {
            throw new Failure(ExitCode.FAILED, "the agent says: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new Failure(
                    ExitCode.FAILED,
                    "the agent of " + folder + " was told, and then lost sight of (" + e.getMessage()
                            + "); its log says what became of it",
                    e);
        }
    }

    /** What to say when none answers, and what to do. */
    Failure missing(NoAgentException none, String advice) {
        OptionalLong process = LockTable.holder(folder);
        String sentence = process.isPresent()
                ? "process " + process.getAsLong() + " uses " + folder + ", but cannot be told: " + none.getMessage()
                        + ". The log of the agent says why; SIGTERM ends it in order."
                : "no agent runs on " + folder + ": " + none.getMessage() + ". " + advice;
        return new Failure(ExitCode.FAILED, sentence, none);
    }
}
