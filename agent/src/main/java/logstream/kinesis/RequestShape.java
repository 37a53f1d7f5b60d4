package logstream.kinesis;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.kinesis.KinesisClient;

/**
 * What the SDK's client sends around the body of PutRecords: the endpoint by its rules (region, account, FIPS, IPv6, the
 * environment's and the profile's wishes), target, content type, user agent, and for whom it signs. It is asked for one
 * request, which is not sent: so nothing of this is written down here a second time.
 *
 * @param request without body and signature
 * @param body in the form that it names: CBOR, unless the SDK was told otherwise
 */
record RequestShape(SdkHttpRequest request, String region, String service, PutBody body) {
    /** What differs from request to request, or is the signer's, or the HTTP client's. */
    private static final List<String> OF_ONE_REQUEST = List.of(
            "Authorization",
            "X-Amz-Date",
            "X-Amz-Security-Token",
            "x-amz-content-sha256",
            "Host",
            "Content-Length",
            PutCalls.INVOCATION_ID);

    /**
     * Asks for it.
     *
     * @param client builds a client over an HTTP client
     * @param clientName of the HTTP client that is used later
     * @param streamName null when the stream is named by its ARN
     * @param streamArn null when it is not
     */
    static RequestShape of(
            Function<SdkHttpClient, KinesisClient> client,
            String clientName,
            @Nullable String streamName,
            @Nullable String streamArn) {
        Recorder recorder = new Recorder(clientName);
        try (KinesisClient asked = client.apply(recorder)) {
            asked.putRecords(r -> r.streamName(streamName).streamARN(streamArn).records(List.of()));
        }
        SdkHttpRequest sent =
                recorder.sent.orElseThrow(() -> SdkClientException.create("the SDK's client made no request"));
        // AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, SignedHeaders=..., Signature=...
        String authorization = sent.firstMatchingHeader("Authorization").orElse("");
        String[] scope = authorization
                .substring(0, Math.max(0, authorization.indexOf(',')))
                .split("/", -1);
        if (scope.length < 5) {
            throw SdkClientException.create("the SDK's client did not sign as expected");
        }
        boolean json = sent.firstMatchingHeader("Content-Type").orElse("").contains("json");
        String member = streamArn == null ? "StreamName" : "StreamARN";
        String stream = streamArn == null ? requireNonNull(streamName) : streamArn;
        return new RequestShape(
                bare(sent),
                scope[scope.length - 3],
                scope[scope.length - 2],
                json ? new JsonBody(member, stream) : new CborBody(member, stream));
    }

    private static SdkHttpRequest bare(SdkHttpRequest sent) {
        SdkHttpRequest.Builder bare = sent.toBuilder();
        OF_ONE_REQUEST.forEach(bare::removeHeader);
        return bare.build();
    }

    /** Keeps the request and answers nothing. */
    private static final class Recorder implements SdkHttpClient {
        private final String clientName;
        private Optional<SdkHttpRequest> sent = Optional.empty();

        Recorder(String clientName) {
            this.clientName = clientName;
        }

        @Override
        public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
            sent = Optional.of(request.httpRequest());
            return new ExecutableHttpRequest() {
                @Override
                public HttpExecuteResponse call() {
                    return HttpExecuteResponse.builder()
                            .response(SdkHttpResponse.builder().statusCode(200).build())
                            .responseBody(AbortableInputStream.create(new ByteArrayInputStream(new byte[0])))
                            .build();
                }

                @Override
                public void abort() {
                    // Nothing is under way.
                }
            };
        }

        @Override
        public String clientName() {
            return clientName;
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
