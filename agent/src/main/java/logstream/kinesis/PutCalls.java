package logstream.kinesis;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.retry.ClockSkew;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;

/**
 * PutRecords without the SDK's generated client, which costs twice the CPU: the body is written into an array that is used
 * again, and the answer is read without an object for each record. Credentials, endpoint, headers, signature, connections
 * and TLS are the SDK's; so are the exceptions. See docs/decisions/0012-lean-put-records.md.
 *
 * <p>Threading: thread-safe; each call blocks its thread.
 */
final class PutCalls implements AutoCloseable {
    /** Another one for each request; for the eyes of AWS support. */
    static final String INVOCATION_ID = "amz-sdk-invocation-id";

    private static final List<String> REQUEST_ID_HEADERS = List.of("x-amzn-RequestId", "x-amz-request-id");

    private static final AwsV4HttpSigner SIGNER = AwsV4HttpSigner.create();

    /** What is told of each record, and which request it was. */
    record Answer(List<RecordResult> results, String requestId) {}

    private final SdkHttpClient http;
    private final Credentials credentials;
    private final Function<AwsCredentials, RequestShape> askForShape;
    private final long timeoutMillis;
    private final BodyBuffers buffers = new BodyBuffers();
    private final ScheduledThreadPoolExecutor timers;
    private volatile @Nullable RequestShape shape;

    /** By how many seconds the host's clock is ahead of the service's; 0 until the service complains. */
    private volatile long secondsAhead;

    /**
     * @param http not closed by this
     * @param askForShape what is sent around the body, by somebody with these credentials; may fail
     */
    PutCalls(
            SdkHttpClient http,
            Credentials credentials,
            Function<AwsCredentials, RequestShape> askForShape,
            Duration timeout) {
        this.http = http;
        this.credentials = credentials;
        this.askForShape = askForShape;
        this.timeoutMillis = timeout.toMillis();
        this.timers = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("put-time-limit").factory());
        timers.setRemoveOnCancelPolicy(true);
    }

    /**
     * Sends one request and waits for its answer.
     *
     * @throws RuntimeException one that {@link CallErrors} understands
     */
    Answer put(List<OutgoingRecord> records) {
        AwsCredentials who = credentials.resolve();
        RequestShape around = shape(who);
        byte[] buffer = buffers.take(around.body().mostBytes(records));
        try {
            return send(who, around, buffer, around.body().write(records, buffer));
        } finally {
            buffers.giveBack(buffer);
        }
    }

    private RequestShape shape(AwsCredentials who) {
        RequestShape known = shape;
        if (known == null) {
            known = askForShape.apply(who);
            shape = known;
        }
        return known;
    }

    private Answer send(AwsCredentials who, RequestShape around, byte[] body, int length) {
        try (TimeLimit limit = new TimeLimit(timers, timeoutMillis)) {
            try {
                SignedRequest signed = signed(who, around, body, length);
                ExecutableHttpRequest request = http.prepareRequest(HttpExecuteRequest.builder()
                        .request(signed.request())
                        .contentStreamProvider(signed.payload().orElseThrow())
                        .build());
                limit.on(request);
                return answer(request.call());
            } catch (IOException e) {
                throw limit.told(SdkClientException.create("Unable to execute HTTP request: " + e.getMessage(), e));
            } catch (AwsServiceException e) {
                throw e;
            } catch (RuntimeException e) {
                throw limit.told(e);
            }
        }
    }

    private SignedRequest signed(AwsCredentials who, RequestShape around, byte[] body, int length) {
        SdkHttpRequest request = around.request().toBuilder()
                .putHeader(INVOCATION_ID, UUID.randomUUID().toString())
                .putHeader("Content-Length", Integer.toString(length))
                .build();
        ContentStreamProvider payload = () -> new ByteArrayInputStream(body, 0, length);
        Clock clock = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(-secondsAhead));
        return SIGNER.sign(r -> r.identity(who)
                .request(request)
                .payload(payload)
                .putProperty(AwsV4HttpSigner.REGION_NAME, around.region())
                .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, around.service())
                .putProperty(HttpSigner.SIGNING_CLOCK, clock));
    }

    private Answer answer(HttpExecuteResponse answered) throws IOException {
        SdkHttpResponse response = answered.httpResponse();
        byte[] body = read(response, answered.responseBody());
        boolean json = response.firstMatchingHeader("Content-Type").orElse("").contains("json");
        if (!response.isSuccessful()) {
            throw refusal(response, PutAnswer.error(body, json));
        }
        String requestId = response.firstMatchingHeader(REQUEST_ID_HEADERS).orElse("UNKNOWN");
        return new Answer(PutAnswer.results(body, json), requestId);
    }

    /** All of it: else its connection could not be used again. */
    private static byte[] read(SdkHttpResponse response, Optional<AbortableInputStream> body) throws IOException {
        if (body.isEmpty()) {
            return new byte[0];
        }
        try (AbortableInputStream in = body.get()) {
            long length = response.firstMatchingHeader("Content-Length")
                    .map(Long::parseLong)
                    .orElse(-1L);
            if (length >= 0 && length <= PutAnswer.MOST_BYTES) {
                byte[] whole = new byte[(int) length];
                int read = in.readNBytes(whole, 0, whole.length);
                return read == length ? whole : Arrays.copyOf(whole, read);
            }
            byte[] bytes = in.readNBytes(PutAnswer.MOST_BYTES + 1);
            if (bytes.length > PutAnswer.MOST_BYTES) {
                in.abort();
                if (response.isSuccessful()) {
                    throw PutAnswer.unreadable("it has more than " + PutAnswer.MOST_BYTES + " bytes", null);
                }
            }
            return bytes;
        }
    }

    /** As the SDK's client tells it: code and message from the headers, else from the body. */
    private AwsServiceException refusal(SdkHttpResponse response, Map<String, String> body) {
        long ahead = secondsAhead;
        AwsServiceException refusal = AwsServiceException.builder()
                .awsErrorDetails(AwsErrorDetails.builder()
                        .errorCode(code(response, body))
                        .errorMessage(message(response, body))
                        .sdkHttpResponse(response)
                        .build())
                .statusCode(response.statusCode())
                .requestId(response.firstMatchingHeader(REQUEST_ID_HEADERS).orElse(null))
                .clockSkew(Duration.ofSeconds(ahead))
                .build();
        if (refusal.isClockSkewException()) {
            Optional<Instant> serverTime = ClockSkew.getServerTime(response);
            secondsAhead = ClockSkew.getClockSkew(Instant.now(), serverTime.orElse(null))
                    .toSeconds();
        }
        return refusal;
    }

    private static @Nullable String code(SdkHttpResponse response, Map<String, String> body) {
        String value = response.firstMatchingHeader("x-amzn-ErrorType").orElseGet(() -> body.get("__type"));
        if (value == null) {
            value = body.get("code");
        }
        if (value == null) {
            return null;
        }
        // prefix#Code:link, see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
        int colon = value.indexOf(':');
        int end = colon < 0 ? value.length() : colon;
        int hash = value.indexOf('#');
        return value.substring(hash >= 0 && hash + 1 < end ? hash + 1 : 0, end);
    }

    private static @Nullable String message(SdkHttpResponse response, Map<String, String> body) {
        Optional<String> header = response.firstMatchingHeader("x-amzn-error-message");
        if (header.isPresent()) {
            return header.get();
        }
        for (String name : List.of("message", "Message", "errorMessage")) {
            String text = body.get(name);
            if (text != null) {
                return text;
            }
        }
        return null;
    }

    /** Requests in flight go on. */
    @Override
    public void close() {
        timers.shutdownNow();
    }
}
