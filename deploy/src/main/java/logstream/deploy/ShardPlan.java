package logstream.deploy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import logstream.deploy.aws.Access;
import logstream.deploy.aws.StreamSummary;
import logstream.deploy.stacks.CallFailure;
import logstream.deploy.stacks.ShardSteps;
import logstream.deploy.stacks.StackResource;
import logstream.deploy.stacks.StackState;
import logstream.deploy.stacks.Stacks;
import logstream.deploy.templates.StackTemplate;

/** In which steps a stack's stream gets to the number of shards that an update wants. */
final class ShardPlan {
    private final Access access;
    private final Stacks stacks;

    ShardPlan(Access access, Stacks stacks) {
        this.access = access;
        this.stacks = stacks;
    }

    /** The shard counts to set one after the other; empty when the update is not about shards. */
    List<Integer> steps(StackState stack, Map<String, String> values) throws Failure, CallFailure {
        String wanted = values.get(ParameterOptions.SHARD_COUNT);
        if (wanted == null) {
            return List.of();
        }
        int target = Integer.parseInt(wanted);
        Optional<StreamSummary> stream = stream(stack);
        if (stream.isEmpty()) {
            return List.of(target);
        }
        if (stream.get().onDemand()) {
            if (!values.containsKey("StreamMode")) {
                throw new Failure(
                        ExitCode.USAGE,
                        "the stream of " + stack.name()
                                + " is on demand: AWS decides how many shards it has; --param StreamMode=PROVISIONED ends that");
            }
            return List.of(target);
        }
        List<Integer> steps = ShardSteps.between(stream.get().openShards(), target);
        if (steps.size() > ShardSteps.IN_A_DAY) {
            throw new Failure(
                    ExitCode.USAGE,
                    "from " + stream.get().openShards() + " to " + target + " shards are " + steps.size()
                            + " steps, and Kinesis allows " + ShardSteps.IN_A_DAY + " in 24 hours; go to "
                            + steps.get(ShardSteps.IN_A_DAY - 1) + " today");
        }
        return steps;
    }

    /** The stack's stream, by what is open now and not by what the stack says: others may have changed it. */
    private Optional<StreamSummary> stream(StackState stack) throws CallFailure {
        for (StackResource resource : stacks.resources(stack.id())) {
            if (resource.type().equals(StackTemplate.STREAM_TYPE)
                    && !resource.physicalId().isEmpty()) {
                return access.streams().find(resource.physicalId());
            }
        }
        return Optional.empty();
    }
}
