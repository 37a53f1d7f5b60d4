package logstream.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import logstream.kinesis.AccessConfig;
import logstream.kinesis.KinesisConfig;
import logstream.kinesis.PackingConfig;

/**
 * The settings of the section {@code kinesis}.
 *
 * <p>Threading: immutable.
 */
final class KinesisSettings {
    private static final int MIB = 1 << 20;

    /** Stands in where only the defaults are wanted. */
    private static final KinesisConfig DEFAULT = KinesisConfig.of("");

    static final Setting<String> STREAM = Setting.required(
            "kinesis.stream",
            Types.text(
                    "a stream's name (letters, digits, '_', '-', '.'; at most 128) or its ARN",
                    "[A-Za-z0-9_.-]{1,128}|arn:aws[a-z-]*:kinesis:[a-z0-9-]+:\\d{12}:stream/[A-Za-z0-9_.-]{1,128}"),
            "The stream that every line goes to.");
    static final Setting<String> REGION = Setting.unset(
            "kinesis.region",
            Types.text("a region, such as eu-west-1", "[a-z]{2,}(-[a-z0-9]+)+"),
            "AWS region; without it the environment, the profile or the instance says.");
    static final Setting<URI> ENDPOINT_URL = Setting.unset(
            "kinesis.endpoint_url",
            Types.httpUrl(),
            "Where to send instead of the region's own endpoint: a VPC endpoint, or a local one.");
    static final Setting<String> ROLE_ARN = Setting.unset(
            "kinesis.assume_role.role_arn",
            Types.text("the ARN of an IAM role", "arn:aws[a-z-]*:iam::\\d{12}:role/[\\x21-\\x7e]{1,512}"),
            "Role to assume; without it the credentials of the default chain are used as they are.");
    static final Setting<String> EXTERNAL_ID = Setting.unset(
            "kinesis.assume_role.external_id",
            Types.text("2 to 1224 letters, digits and '_+=,.@:/-'", "[\\w+=,.@:/-]{2,1224}"),
            "External id that the role asks for.");
    static final Setting<String> SESSION_NAME = Setting.of(
            "kinesis.assume_role.session_name",
            Types.text("2 to 64 letters, digits and '_+=,.@-'", "[\\w+=,.@-]{2,64}"),
            DEFAULT.roleSessionName(),
            "Name of the session, as CloudTrail shows it.");
    static final Setting<String> PROFILE = Setting.unset(
            "kinesis.profile",
            Types.text("a name of 1 to 100 letters, digits, spaces and '_.@/:+-'", "[\\w.@/:+-][\\w .@/:+-]{0,99}"),
            "Profile of AWS's configuration files whose credentials and region are used, and no others; without it the"
                    + " default chain looks everywhere.");
    static final Setting<URI> PROXY = Setting.unset(
            "kinesis.proxy",
            new ProxyType(),
            "HTTP proxy to AWS; without it that of HTTPS_PROXY. Hosts in NO_PROXY are reached without either.");
    static final Setting<Path> CA = Setting.unset(
            "kinesis.ca",
            Types.file(),
            "Certificates, in PEM, that AWS's or the proxy's may be signed by, besides those that Java trusts.");
    static final Setting<Boolean> FIPS = Setting.of(
            "kinesis.fips",
            Types.flag(),
            DEFAULT.access().fips(),
            "Whether the region's FIPS 140 endpoints are used; if false, as the environment says.");
    static final Setting<Boolean> DUAL_STACK = Setting.of(
            "kinesis.dual_stack",
            Types.flag(),
            DEFAULT.access().dualStack(),
            "Whether the region's endpoints for IPv4 and IPv6 are used; if false, as the environment says.");
    static final Setting<Integer> MAX_BATCH_RECORDS = Setting.of(
                    "kinesis.max_batch_records",
                    Types.count(1, 500),
                    DEFAULT.maxBatchRecords(),
                    "Records in one request.")
            .takenOver();
    static final Setting<Long> MAX_BATCH_SIZE = Setting.of(
                    "kinesis.max_batch_size",
                    Types.size(MIB, 10 * MIB),
                    (long) DEFAULT.maxBatchBytes(),
                    "Data and keys in one request.")
            .takenOver();
    static final Setting<Integer> MAX_REQUESTS_IN_FLIGHT = Setting.of(
            "kinesis.max_requests_in_flight",
            Types.count(1, 64),
            DEFAULT.maxRequestsInFlight(),
            "Requests that wait for their answer at once.");
    static final Setting<Duration> LINGER = Setting.of(
                    "kinesis.linger",
                    Types.duration(Duration.ZERO, Duration.ofMinutes(1)),
                    DEFAULT.linger(),
                    "Longest wait of a record for a fuller batch.")
            .takenOver();
    static final Setting<Duration> REQUEST_TIMEOUT = Setting.of(
            "kinesis.request_timeout",
            Types.duration(Duration.ofSeconds(1), Duration.ofMinutes(5)),
            DEFAULT.requestTimeout(),
            "Longest wait for the answer to a request.");
    static final Setting<Integer> RETRY_LIMIT = Setting.of(
                    "kinesis.retry_limit",
                    Types.count(0, 1000),
                    DEFAULT.retryLimit(),
                    "Retries while nothing is accepted, and of one record that is refused while others pass;"
                            + " past it, and only then, dead letters.")
            .takenOver();
    static final Setting<Duration> RETRY_WAIT = Setting.of(
                    "kinesis.retry_wait",
                    Types.duration(Duration.ofMillis(100), Duration.ofHours(1)),
                    DEFAULT.retryWait(),
                    "First wait while nothing is accepted; it doubles with each retry.")
            .takenOver();

    static final Setting<PackingConfig.PartitionKey> PARTITION_KEY = Setting.of(
            "kinesis.partition_key",
            Types.choice(PackingConfig.PartitionKey.class),
            PackingConfig.PLAIN.partitionKey(),
            "What the partition key is: another UUID for each record; the container's id (a container's lines are in one"
                    + " shard); the tag. With the last two records have the field id.");
    static final Setting<PackingConfig.Compression> COMPRESSION = Setting.of(
            "kinesis.compression",
            Types.choice(PackingConfig.Compression.class),
            PackingConfig.PLAIN.compression(),
            "Whether each record is compressed by itself; consumers must expect it.");
    static final Setting<Boolean> AGGREGATE = Setting.of(
            "kinesis.aggregate",
            Types.flag(),
            PackingConfig.PLAIN.aggregate(),
            "Whether many records are put as one, as the Kinesis Producer Library does; consumers must expect it. Records"
                    + " then have the field id.");
    static final Setting<Long> MAX_AGGREGATE_SIZE = Setting.of(
            "kinesis.max_aggregate_size",
            Types.size(1 << 10, MIB),
            (long) PackingConfig.PLAIN.maxAggregateBytes(),
            "Data and key of such a record, at most; the default is one PUT payload unit.");

    static final List<Setting<?>> ALL = List.of(
            STREAM,
            REGION,
            ENDPOINT_URL,
            ROLE_ARN,
            EXTERNAL_ID,
            SESSION_NAME,
            PROFILE,
            PROXY,
            CA,
            FIPS,
            DUAL_STACK,
            MAX_BATCH_RECORDS,
            MAX_BATCH_SIZE,
            MAX_REQUESTS_IN_FLIGHT,
            LINGER,
            REQUEST_TIMEOUT,
            RETRY_LIMIT,
            RETRY_WAIT,
            PARTITION_KEY,
            COMPRESSION,
            AGGREGATE,
            MAX_AGGREGATE_SIZE);

    private KinesisSettings() {}

    /** A relative file begins at the folder of the configuration file. */
    static KinesisConfig read(Binder binder, Path file) {
        AccessConfig access = new AccessConfig(
                Optional.ofNullable(binder.valueOrNull(PROFILE)),
                Optional.ofNullable(binder.valueOrNull(PROXY)),
                binder.value(FIPS),
                binder.value(DUAL_STACK),
                Optional.ofNullable(binder.valueOrNull(CA))
                        .map(ca -> file.toAbsolutePath().resolveSibling(ca).normalize()));
        return new KinesisConfig(
                binder.value(STREAM),
                binder.valueOrNull(REGION),
                binder.valueOrNull(ENDPOINT_URL),
                binder.valueOrNull(ROLE_ARN),
                binder.valueOrNull(EXTERNAL_ID),
                binder.value(SESSION_NAME),
                access,
                binder.value(MAX_BATCH_RECORDS),
                Math.toIntExact(binder.value(MAX_BATCH_SIZE)),
                binder.value(MAX_REQUESTS_IN_FLIGHT),
                binder.value(LINGER),
                binder.value(REQUEST_TIMEOUT),
                binder.value(RETRY_LIMIT),
                binder.value(RETRY_WAIT),
                new PackingConfig(
                        binder.value(PARTITION_KEY),
                        binder.value(COMPRESSION),
                        binder.value(AGGREGATE),
                        Math.toIntExact(binder.value(MAX_AGGREGATE_SIZE))));
    }

    /** What the service would refuse, or what would not be as it reads, is said before anything waits for it. */
    static void findConflicts(Binder binder) {
        findFormConflicts(binder);
        for (Setting<?> dependent : List.of(EXTERNAL_ID, SESSION_NAME)) {
            if (binder.given(dependent) && !binder.given(ROLE_ARN)) {
                binder.conflict(
                        dependent,
                        dependent.key() + " does nothing without " + ROLE_ARN.key() + ": give both or neither");
            }
        }
        for (Setting<Boolean> kind : List.of(FIPS, DUAL_STACK)) {
            if (binder.given(ENDPOINT_URL) && binder.value(kind)) {
                binder.conflict(
                        kind,
                        kind.key() + " chooses among the region's own endpoints, " + ENDPOINT_URL.key()
                                + " names another: give one of them");
            }
        }
        if (binder.given(STREAM)) {
            findArnConflicts(binder, binder.value(STREAM));
        }
    }

    private static void findFormConflicts(Binder binder) {
        boolean aggregate = binder.value(AGGREGATE);
        PackingConfig.PartitionKey key = binder.value(PARTITION_KEY);
        if (aggregate && key != PackingConfig.PartitionKey.UUID) {
            binder.conflict(
                    AGGREGATE,
                    "kinesis.aggregate and kinesis.partition_key: "
                            + PARTITION_KEY.type().show(key)
                            + " exclude each other: an aggregate holds lines of many containers under one key; leave one out");
        }
    }

    private static void findArnConflicts(Binder binder, String stream) {
        // arn:PARTITION:kinesis:REGION:ACCOUNT:stream/NAME
        String[] arn = stream.split(":", -1);
        if (arn.length < 4) {
            return;
        }
        String region = arn[3];
        String partition = region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "";
        boolean known = arn[1].equals("aws") || arn[1].equals("aws-cn") || arn[1].equals("aws-us-gov");
        if (known && !arn[1].equals(partition.isEmpty() ? "aws" : partition)) {
            binder.conflict(
                    STREAM,
                    STREAM.key() + ": region " + region + " is in the partition "
                            + (partition.isEmpty() ? "aws" : partition) + ", and the ARN says " + arn[1]);
        }
        if (binder.given(REGION) && !binder.value(REGION).equals(region)) {
            binder.conflict(
                    REGION,
                    REGION.key() + " is " + binder.value(REGION) + ", and the stream's ARN says " + region
                            + ": correct one, or leave " + REGION.key() + " out");
        }
    }
}
