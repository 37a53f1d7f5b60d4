package logstream.it;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsAsyncClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.awssdk.services.kinesis.model.Shard;
import software.amazon.kinesis.common.ConfigsBuilder;
import software.amazon.kinesis.common.HashKeyRangeForLease;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.common.StreamConfig;
import software.amazon.kinesis.common.StreamIdentifier;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.exceptions.InvalidStateException;
import software.amazon.kinesis.exceptions.ShutdownException;
import software.amazon.kinesis.leases.Lease;
import software.amazon.kinesis.leases.LeaseManagementConfig;
import software.amazon.kinesis.leases.LeaseRefresher;
import software.amazon.kinesis.leases.dynamodb.DynamoDBLeaseSerializer;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.metrics.NullMetricsFactory;
import software.amazon.kinesis.processor.RecordProcessorCheckpointer;
import software.amazon.kinesis.processor.ShardRecordProcessor;
import software.amazon.kinesis.processor.SingleStreamTracker;
import software.amazon.kinesis.retrieval.KinesisClientRecord;
import software.amazon.kinesis.retrieval.kpl.ExtendedSequenceNumber;
import software.amazon.kinesis.retrieval.polling.PollingConfig;

/**
 * A consumer as its users write one: a worker of the KCL that polls, with its leases in DynamoDB, without CloudWatch. It
 * reads from the oldest record on, and remembers what it read and which shards it began and ended.
 *
 * <p>Threading: any.
 */
final class KclWorker implements AutoCloseable {
    private static final String APPLICATION = "kcl-it";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** A record, those of an aggregate one by one. */
    record Read(String shardId, String key, String text, boolean aggregated) {}

    /** What the worker did with a shard. */
    record Step(String shardId, Kind kind) {
        enum Kind {
            BEGUN,
            FIRST_RECORD,
            ENDED,
            LOST
        }
    }

    private final List<Read> records = new CopyOnWriteArrayList<>();
    private final List<Step> steps = new CopyOnWriteArrayList<>();
    private final KinesisAsyncClient kinesis;
    private final DynamoDbAsyncClient dynamoDb;
    private final CloudWatchAsyncClient cloudWatch;
    private final Scheduler scheduler;
    private final Thread thread;

    private KclWorker(URI kinesisEndpoint, URI dynamoDbEndpoint, String stream) throws Exception {
        kinesis = client(KinesisAsyncClient.builder(), kinesisEndpoint);
        dynamoDb = client(DynamoDbAsyncClient.builder(), dynamoDbEndpoint);
        // Asked for by the builder, never called.
        cloudWatch = client(CloudWatchAsyncClient.builder(), URI.create("http://127.0.0.1:9"));
        StreamConfig oldest = new StreamConfig(
                StreamIdentifier.singleStreamInstance(stream),
                InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.TRIM_HORIZON));
        ConfigsBuilder configs = new ConfigsBuilder(
                new SingleStreamTracker(oldest.streamIdentifier(), oldest),
                APPLICATION,
                kinesis,
                dynamoDb,
                cloudWatch,
                "worker-1",
                Processor::new);
        LeaseManagementConfig leases = configs.leaseManagementConfig()
                .failoverTimeMillis(5_000)
                .shardSyncIntervalMillis(1_000)
                .leasesRecoveryAuditorExecutionFrequencyMillis(1_000)
                .leaseAssignmentIntervalMillis(500L);
        leases.workerUtilizationAwareAssignmentConfig()
                .workerMetricsReporterFreqInMillis(500)
                .inMemoryWorkerMetricsCaptureFrequencyMillis(200);
        lease(leases, stream);
        scheduler = new Scheduler(
                configs.checkpointConfig(),
                configs.coordinatorConfig()
                        .parentShardPollIntervalMillis(250)
                        .shardConsumerDispatchPollIntervalMillis(250),
                leases,
                configs.lifecycleConfig(),
                configs.metricsConfig().metricsFactory(new NullMetricsFactory()),
                configs.processorConfig(),
                configs.retrievalConfig()
                        .retrievalSpecificConfig(new PollingConfig(stream, kinesis).idleTimeBetweenReadsInMillis(250)));
        thread = Thread.ofPlatform().daemon().name("kcl").start(scheduler);
    }

    /** Starts to read. */
    static KclWorker start(URI kinesis, URI dynamoDb, String stream) throws Exception {
        return new KclWorker(kinesis, dynamoDb, stream);
    }

    /** What a first worker does first, without the random wait, up to half a minute, in which others might do it. */
    private void lease(LeaseManagementConfig config, String stream) throws Exception {
        LeaseRefresher table = config.leaseManagementFactory(new DynamoDBLeaseSerializer(), false)
                .createLeaseRefresher();
        table.createLeaseTableIfNotExists();
        table.createLeaseOwnerToLeaseKeyIndexIfNotExists();
        table.waitUntilLeaseTableExists(1, PATIENCE.toSeconds());
        table.waitUntilLeaseOwnerToLeaseKeyIndexExists(1, PATIENCE.toSeconds());
        for (Shard shard : kinesis.listShards(request -> request.streamName(stream))
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .shards()) {
            Lease lease = new Lease();
            lease.leaseKey(shard.shardId());
            lease.parentShardIds(List.of());
            lease.ownerSwitchesSinceCheckpoint(0L);
            lease.hashKeyRange(HashKeyRangeForLease.fromHashKeyRange(shard.hashKeyRange()));
            lease.checkpoint(ExtendedSequenceNumber.TRIM_HORIZON);
            table.createLeaseIfNotExists(lease);
        }
    }

    private static <B extends AwsClientBuilder<B, C> & AwsAsyncClientBuilder<B, C>, C> C client(
            B builder, URI endpoint) {
        return builder.endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
                .httpClientBuilder(NettyNioAsyncHttpClient.builder().protocol(Protocol.HTTP1_1))
                .build();
    }

    /** What it read so far, in the order of each shard. */
    List<Read> records() {
        return records;
    }

    List<Step> steps() {
        return steps;
    }

    /** Asks it to end, as an operator would; whether it ended in order, and within half a minute. */
    boolean stop() throws InterruptedException {
        try {
            boolean inOrder = scheduler.startGracefulShutdown().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return thread.join(PATIENCE) && inOrder;
        } catch (ExecutionException | TimeoutException _) {
            return false;
        }
    }

    @Override
    public void close() {
        scheduler.shutdown();
        kinesis.close();
        dynamoDb.close();
        cloudWatch.close();
    }

    private final class Processor implements ShardRecordProcessor {
        private String shardId = "";
        private boolean any;

        @Override
        public void initialize(InitializationInput input) {
            shardId = input.shardId();
            steps.add(new Step(shardId, Step.Kind.BEGUN));
        }

        @Override
        public void processRecords(ProcessRecordsInput input) {
            if (!any && !input.records().isEmpty()) {
                any = true;
                steps.add(new Step(shardId, Step.Kind.FIRST_RECORD));
            }
            for (KinesisClientRecord record : input.records()) {
                String text = StandardCharsets.UTF_8.decode(record.data()).toString();
                records.add(new Read(shardId, record.partitionKey(), text, record.aggregated()));
            }
            checkpoint(input.checkpointer());
        }

        @Override
        public void leaseLost(LeaseLostInput input) {
            steps.add(new Step(shardId, Step.Kind.LOST));
        }

        @Override
        public void shardEnded(ShardEndedInput input) {
            steps.add(new Step(shardId, Step.Kind.ENDED));
            checkpoint(input.checkpointer());
        }

        @Override
        public void shutdownRequested(ShutdownRequestedInput input) {
            checkpoint(input.checkpointer());
        }

        private void checkpoint(RecordProcessorCheckpointer checkpointer) {
            try {
                checkpointer.checkpoint();
            } catch (InvalidStateException | ShutdownException e) {
                throw new IllegalStateException("the checkpoint of " + shardId + " failed", e);
            }
        }
    }
}
