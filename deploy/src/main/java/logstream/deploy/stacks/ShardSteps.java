package logstream.deploy.stacks;

import java.util.ArrayList;
import java.util.List;

/**
 * The way from one number of shards to another. Kinesis' UpdateShardCount, which CloudFormation calls, goes at most to
 * twice and at least to half of the open shards at once, and at most 10 times in any 24 hours (API reference of
 * UpdateShardCount); CloudFormation itself fails on anything beyond.
 */
public final class ShardSteps {
    /** Changes of a stream's shard count that Kinesis allows in 24 hours. */
    public static final int IN_A_DAY = 10;

    private ShardSteps() {}

    /**
     * The numbers to set one after the other, the last of them the target; only the target when one step is enough.
     *
     * @param open the shards that are open now, at least 1
     * @param target at least 1
     */
    public static List<Integer> between(int open, int target) {
        if (open < 1 || target < 1) {
            throw new IllegalArgumentException("from " + open + " to " + target + " shards");
        }
        List<Integer> steps = new ArrayList<>();
        int now = open;
        while (now != target) {
            long most = 2L * now;
            int least = (now + 1) / 2;
            now = target > now ? (int) Math.min(target, most) : Math.max(target, least);
            steps.add(now);
        }
        return steps.isEmpty() ? List.of(target) : List.copyOf(steps);
    }
}
