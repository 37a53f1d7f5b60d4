package logstream.control;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Something that a running agent can be told to do. Called by several threads at once, one for each who asks. */
public interface ControlAction {
    /** Tells whoever asked how far it is. */
    interface Progress {
        /** False when nobody listens any more; the action decides what that means. */
        boolean tell(ObjectNode soFar);
    }

    /**
     * Does it, however long it takes.
     *
     * @param request as it was asked, with the command's name as {@code command}
     * @return what came of it
     * @throws RefusedException with a sentence for whoever asked
     */
    ObjectNode run(ObjectNode request, Progress progress) throws RefusedException;
}
