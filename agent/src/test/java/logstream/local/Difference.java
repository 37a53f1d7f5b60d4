package logstream.local;

import static logstream.local.KinesisEngine.KINESIS_MOCK;
import static logstream.local.KinesisEngine.LOCALSTACK;
import static logstream.local.KinesisEngine.MOTO;

import java.util.Set;

/**
 * Where others' engines do otherwise than the contract says: moto 5.2.1, kinesis-mock as kinesis-local 0.6.2, and
 * LocalStack, which has kinesis-mock inside. The contract's assertions are made on them all the same, and must fail there:
 * a difference that is gone is to be struck out here. LocalStack's are taken from kinesis-mock.
 */
enum Difference {
    SHARD_PAGES_NEED_THE_NAME(
            "takes a NextToken only together with the stream's name, which the service refuses", MOTO),
    LAST_HASH_FALLS_OUT("answers 500 to an explicit hash at the end of a range, which it takes as exclusive", MOTO),
    SHORT_SEQUENCE_NUMBERS("numbers records 1, 2, 3", MOTO),
    PUTS_INTO_CLOSED_SHARDS("puts by key into the first shard whose range fits, be it closed", MOTO),
    CLOSED_SHARDS_DO_NOT_END("gives a next iterator at a closed shard's end, and no children", MOTO),
    UNEVEN_RESHARDING("divides 2^128-1, not 2^128, when shards are doubled", KINESIS_MOCK, LOCALSTACK),
    SCALES_WITHOUT_BOUND("takes any number as the target of UpdateShardCount", MOTO),
    ITERATORS_BY_ARN_ARE_LOST("forgets the stream of an iterator that was asked for by ARN", MOTO),
    TAKES_MORE_THAN_500("does not count the records of a request", KINESIS_MOCK, LOCALSTACK),
    TAKES_NO_RECORDS("accepts a request without records", MOTO, KINESIS_MOCK, LOCALSTACK),
    TOO_LARGE_FAILS_ALONE("refuses a too large record by itself and takes the rest", KINESIS_MOCK, LOCALSTACK),
    KEY_IS_FREE("does not count the key in PutRecord", MOTO, KINESIS_MOCK, LOCALSTACK),
    TAKES_TEN_MEBIBYTES("does not count the bytes of a request, or only to 10 MiB", KINESIS_MOCK, LOCALSTACK),
    OTHER_ERROR_FOR_KEYS(
            "takes empty keys (moto), and answers InvalidArgumentException to those of a wrong length",
            MOTO,
            KINESIS_MOCK,
            LOCALSTACK),
    BREAKS_ON_GARBLED_ITERATORS("answers 500 to an iterator that is none", MOTO, KINESIS_MOCK, LOCALSTACK);

    private final String reason;

    @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
    private final Set<KinesisEngine> engines;

    Difference(String reason, KinesisEngine... engines) {
        this.reason = reason;
        this.engines = Set.of(engines);
    }

    String reason() {
        return reason;
    }

    boolean concerns(KinesisEngine engine) {
        return engines.contains(engine);
    }
}
