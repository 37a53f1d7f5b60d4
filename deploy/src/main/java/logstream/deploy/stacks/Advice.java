package logstream.deploy.stacks;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What to do about a failure, by the words AWS gives as its reason. */
public final class Advice {
    private record Rule(Pattern reason, String advice) {}

    private static final List<Rule> RULES = List.of(
            rule(
                    "already exists",
                    "something of this name is there already, perhaps kept from an earlier stack: give another name, "
                            + "or remove or import what is there"),
            rule(
                    "not authorized|AccessDenied|access denied|UnauthorizedOperation",
                    "these credentials lack the permission that the reason names: add it, or use others (--profile)"),
            rule(
                    "LimitExceeded|limit exceeded|would exceed|quota|maximum number of",
                    "a limit of the account is reached: ask for a higher one under Service Quotas, or remove what is not needed"),
            rule(
                    "Rate exceeded|Throttling|TooManyRequests",
                    "AWS was called too often, by whomever: the same command again, some minutes later, mostly goes through"),
            rule("as it is in use by", "other stacks import what this one exports: delete or change those first"),
            rule(
                    "UpdateShardCount|double the current|half the current|shard count",
                    "Kinesis changes the number of shards at most to twice or half at once, and 10 times in 24 hours"));

    private Advice() {}

    public static Optional<String> on(String reason) {
        return RULES.stream()
                .filter(rule -> rule.reason.matcher(reason).find())
                .map(Rule::advice)
                .findFirst();
    }

    private static Rule rule(String reason, String advice) {
        return new Rule(Pattern.compile(reason, Pattern.CASE_INSENSITIVE), advice);
    }
}
