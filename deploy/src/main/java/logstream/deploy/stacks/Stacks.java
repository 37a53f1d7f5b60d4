package logstream.deploy.stacks;

import java.util.List;
import java.util.Optional;

/** The stacks of an account in a region. Each method returns when AWS has answered, which may take several attempts. */
public interface Stacks {
    /** A stack by name (the living one) or by id (also a deleted one); empty when there is none. */
    Optional<StackState> find(String nameOrId) throws CallFailure;

    /** All living stacks. */
    List<StackState> all() throws CallFailure;

    /** Begins to launch a stack; returns its id. */
    String launch(StackRequest request) throws CallFailure;

    /**
     * Events, the oldest first: those after the event {@code after}, or, without it, those since the last operation began.
     */
    List<StackEvent> events(String id, Optional<String> after) throws CallFailure;

    /** Works out what an update would do; empty when it would do nothing. */
    Optional<ChangeSet> plan(StackRequest request) throws CallFailure;

    /** Begins to do what was worked out. */
    void execute(ChangeSet planned) throws CallFailure;

    /** Forgets what was worked out. */
    void discard(ChangeSet planned) throws CallFailure;

    /** Begins to delete a stack. */
    void delete(String id) throws CallFailure;

    List<StackResource> resources(String id) throws CallFailure;

    /** The text of the template that a stack was made with. */
    String templateText(String id) throws CallFailure;

    /** Compares each resource with the template now; returns those that differ. */
    List<StackResource> drifted(String id) throws CallFailure;
}
