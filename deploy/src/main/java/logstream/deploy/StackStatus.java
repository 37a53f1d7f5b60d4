package logstream.deploy;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import logstream.deploy.aws.Access;
import logstream.deploy.aws.Alarm;
import logstream.deploy.aws.StreamSummary;
import logstream.deploy.aws.Usage;
import logstream.deploy.stacks.CallFailure;
import logstream.deploy.stacks.StackPhase;
import logstream.deploy.stacks.StackResource;
import logstream.deploy.stacks.StackState;
import logstream.deploy.stacks.Stacks;
import logstream.deploy.templates.StackTemplate;

/**
 * A stack and what it is about, at one moment.
 *
 * @param streamMissing the stack has a stream that Kinesis does not know
 * @param usage empty when there is no stream, or it is not known
 * @param alarms empty when they are not known
 * @param drifted resources that differ from the template; empty when they were not compared now, see {@code compared}
 * @param unknown what could not be found out, each a sentence; the rest is shown all the same
 */
record StackStatus(
        StackState stack,
        Optional<StreamSummary> stream,
        boolean streamMissing,
        Optional<Usage> usage,
        Optional<List<Alarm>> alarms,
        boolean compared,
        List<StackResource> drifted,
        List<String> unknown) {

    /** The number of shards that the stack says, where it is not the number that are open. */
    Optional<Integer> otherShardCount() {
        String told = stack.parameters().getOrDefault(ParameterOptions.SHARD_COUNT, "");
        if (stream.isEmpty() || stream.get().onDemand() || !told.matches("\\d{1,9}")) {
            return Optional.empty();
        }
        int shards = Integer.parseInt(told);
        return shards == stream.get().openShards() ? Optional.empty() : Optional.of(shards);
    }

    boolean hasDrift() {
        return otherShardCount().isPresent()
                || streamMissing
                || (compared ? !drifted.isEmpty() : stack.drift().equals("DRIFTED"));
    }

    int exitCode() {
        if (stack.phase() == StackPhase.FAILED) {
            return ExitCode.STACK_FAILED;
        }
        // While an operation goes on, shards and stack differ for a while.
        boolean drift = stack.phase() == StackPhase.DONE && hasDrift();
        boolean ringing = alarms.orElse(List.of()).stream().anyMatch(Alarm::ringing);
        // A few throttled records are no matter: agents find the limit of a stream by them. There is an alarm for more.
        if (drift || ringing) {
            return ExitCode.ATTENTION;
        }
        return unknown.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }

    /** Reads it from AWS. */
    static final class Reading {
        private static final String ALARM_TYPE = "AWS::CloudWatch::Alarm";

        private final Access access;
        private final Stacks stacks;
        private final InstantSource clock;

        Reading(Access access, Stacks stacks, InstantSource clock) {
            this.access = access;
            this.stacks = stacks;
            this.clock = clock;
        }

        /** @param compare whether AWS is to look for drift now */
        StackStatus read(StackState stack, boolean compare) throws CallFailure {
            List<StackResource> resources = stacks.resources(stack.id());
            List<String> streams = physicalIds(resources, StackTemplate.STREAM_TYPE);
            Optional<StreamSummary> stream =
                    streams.isEmpty() ? Optional.empty() : access.streams().find(streams.getFirst());
            List<StackResource> drifted = compare ? stacks.drifted(stack.id()) : List.of();
            List<String> unknown = new ArrayList<>();
            Optional<Usage> usage = Optional.empty();
            if (stream.isPresent()) {
                String name = stream.get().name();
                usage = known(() -> access.figures().usage(name, clock.instant()), unknown);
            }
            Optional<List<Alarm>> alarms =
                    known(() -> access.figures().alarms(physicalIds(resources, ALARM_TYPE)), unknown);
            return new StackStatus(
                    stack,
                    stream,
                    !streams.isEmpty() && stream.isEmpty(),
                    usage,
                    alarms,
                    compare,
                    drifted,
                    List.copyOf(unknown));
        }

        /** CloudWatch is another service: that it does not answer is no reason to show nothing. */
        private static <T> Optional<T> known(Question<T> question, List<String> unknown) throws CallFailure {
            try {
                return Optional.of(question.ask());
            } catch (CallFailure failure) {
                if (failure.kind() == CallFailure.Kind.LEFT) {
                    throw failure;
                }
                unknown.add(String.valueOf(failure.getMessage()));
                return Optional.empty();
            }
        }

        private interface Question<T> {
            T ask() throws CallFailure;
        }

        private static List<String> physicalIds(List<StackResource> resources, String type) {
            return resources.stream()
                    .filter(one -> one.type().equals(type) && !one.physicalId().isEmpty())
                    .map(StackResource::physicalId)
                    .toList();
        }
    }
}
