package logstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the EC2 instance's metadata service (IMDSv2) which instance this is and in which region, when a record is to tell:
 * until it knows, and when it does not find out, then not again before it is wanted again. Nothing waits for it.
 *
 * <p>Threading: {@link #want} and {@link #stop} from any thread; it asks on a virtual thread of its own.
 */
final class InstanceLookup {
    /** Where EC2 has it, unless the SDK's environment variable says otherwise. */
    private static final String SERVICE = "http://169.254.169.254";

    private static final String SERVICE_VARIABLE = "AWS_EC2_METADATA_SERVICE_ENDPOINT";
    private static final String DISABLED_VARIABLE = "AWS_EC2_METADATA_DISABLED";

    /**
     * Our choice: with 31 s of waits between them, for a network that comes up after the agent. Where connecting times out
     * it is 37 s in all; where each step of each try just makes it in its time, about a minute.
     */
    static final int MOST_TRIES = 6;

    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);

    /** Of connecting, and of each wait for bytes. The SDK's default for the same service is 1 s. */
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    private static final int MOST_ANSWER_BYTES = 64 << 10;
    private static final Pattern TOKEN = Pattern.compile("[!-~]{1,1024}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9-]{1,64}");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Logger log = LoggerFactory.getLogger(InstanceLookup.class);

    private final String service;
    private final boolean disabled;
    private final Duration firstWait;
    private final Found found;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private boolean asking; // guarded by this
    private boolean known; // guarded by this

    /** Told once, when it is known. */
    interface Found {
        void instance(String id, String region);
    }

    /** @param firstWait between the first two tries; it doubles */
    InstanceLookup(Map<String, String> environment, Duration firstWait, Found found) {
        this.service = environment.getOrDefault(SERVICE_VARIABLE, SERVICE);
        this.disabled = "true".equalsIgnoreCase(environment.get(DISABLED_VARIABLE));
        this.firstWait = firstWait;
        this.found = found;
    }

    static InstanceLookup ofThisHost(Found found) {
        return new InstanceLookup(System.getenv(), FIRST_WAIT, found);
    }

    /** Begins to ask, unless it knows or is asking already. Returns at once. */
    synchronized void want() {
        if (!asking && !known && stopped.getCount() > 0) {
            asking = true;
            Thread.ofVirtual().name("instance-lookup").start(this::run);
        }
    }

    synchronized boolean isAsking() {
        return asking;
    }

    void stop() {
        stopped.countDown();
    }

    private void run() {
        boolean answered = false;
        try {
            answered = ask();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            synchronized (this) {
                asking = false;
                known = answered;
            }
        }
    }

    private boolean ask() throws InterruptedException {
        String why = DISABLED_VARIABLE + " says not to ask";
        Duration wait = firstWait;
        for (int attempt = 1; attempt <= MOST_TRIES && !disabled; attempt++) {
            try {
                JsonNode instance = JSON.readTree(document());
                String id = name(instance, "instanceId");
                String region = name(instance, "region");
                log.info("this is instance {} in {}", id, region);
                found.instance(id, region);
                return true;
            } catch (IOException | IllegalArgumentException e) {
                log.debug("the instance's metadata service gave no answer", e);
                why = String.valueOf(e.getMessage());
            }
            if (attempt < MOST_TRIES && stopped.await(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                return false;
            }
            wait = wait.multipliedBy(2);
        }
        log.warn(
                "it is not known which EC2 instance this is ({}): records have no fields for record.instance_id_key and"
                        + " record.region_key. On EC2, in a container, let the metadata service answer over 2 hops; elsewhere"
                        + " leave the settings out, or set record.fields. A reload asks again.",
                why);
        return false;
    }

    private static String name(JsonNode instance, String field) throws IOException {
        String name = instance.path(field).asText();
        if (!NAME.matcher(name).matches()) {
            throw new IOException("the metadata service tells no " + field);
        }
        return name;
    }

    private byte[] document() throws IOException {
        String token = new String(request("PUT", "/latest/api/token", "-ttl-seconds", "60"), StandardCharsets.US_ASCII);
        if (!TOKEN.matcher(token).matches()) {
            throw new IOException("the metadata service gives no token");
        }
        return request("GET", "/latest/dynamic/instance-identity/document", "", token);
    }

    private byte[] request(String method, String path, String headerEnd, String header) throws IOException {
        URL url = URI.create(service).resolve(path).toURL();
        if (!(url.openConnection(Proxy.NO_PROXY) instanceof HttpURLConnection connection)) {
            throw new IOException(url + " is no HTTP");
        }
        try {
            connection.setRequestMethod(method);
            connection.setInstanceFollowRedirects(false);
            connection.setConnectTimeout((int) TIMEOUT.toMillis());
            connection.setReadTimeout((int) TIMEOUT.toMillis());
            connection.setRequestProperty("X-aws-ec2-metadata-token" + headerEnd, header);
            if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
                throw new IOException(url + " answers " + connection.getResponseCode());
            }
            try (InputStream in = connection.getInputStream()) {
                return in.readNBytes(MOST_ANSWER_BYTES);
            }
        } finally {
            connection.disconnect();
        }
    }
}
