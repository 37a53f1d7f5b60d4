package logstream.kinesis;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * The results of a request of which every record was accepted: a view of the answer, in which a million records are no
 * million objects. Those who want to know more of each than the shards, get the results made when they ask.
 *
 * <p>Threading: one thread at a time.
 */
public final class AcceptedRecords extends AbstractList<RecordResult> implements RandomAccess {
    private final byte[] answer;
    private final int size;
    private final List<String> shards;
    private @Nullable List<RecordResult> results;

    AcceptedRecords(byte[] answer, int size, List<String> shards) {
        this.answer = answer;
        this.size = size;
        this.shards = List.copyOf(shards);
    }

    /** The shards that accepted them, each once. */
    public List<String> shards() {
        return shards;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public RecordResult get(int index) {
        List<RecordResult> made = results;
        if (made == null) {
            made = PutAnswer.parse(answer, false);
            results = made;
        }
        return made.get(index);
    }
}
