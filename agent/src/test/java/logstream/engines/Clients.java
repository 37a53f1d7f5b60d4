package logstream.engines;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.fluentd.logger.FluentLogger;
import org.komamitsu.fluency.EventTime;
import org.komamitsu.fluency.Fluency;
import org.komamitsu.fluency.fluentd.FluencyBuilderForFluentd;

/** Every way in which the client libraries at hand send. */
public final class Clients {
    private static final List<String> ALL = join(ClientRecords.SMALL, ClientRecords.WIDE);
    private static final List<String> NODE = join(ClientRecords.SMALL, List.of("date"));

    private Clients() {}

    /**
     * A library in one of its modes.
     *
     * @param name of the mode, and of the files of its capture
     * @param library as its users call it
     * @param options words that say the mode
     * @param records names of what it can send; small ones
     * @param otherwise records that are not in the stream as {@link ClientRecords} has them, and how they are
     * @param sending sends records to an address and returns the version of the library
     */
    public record Client(
            String name,
            String library,
            String options,
            List<String> records,
            Map<String, String> otherwise,
            Sending sending) {
        /** What a record is in the stream when this client sent it. */
        public JsonNode inTheStream(String record) {
            String own = otherwise.get(record);
            return own == null ? ClientRecords.inTheStream(record) : ClientRecords.json(own);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    @FunctionalInterface
    public interface Sending {
        /**
         * Returns when the library says that all is sent, or acknowledged.
         *
         * @param address {@code tcp://HOST:PORT} or {@code unix:///PATH}
         * @return the version of the library
         */
        String send(String address, String tag, String options, List<String> records);
    }

    public static Stream<Client> all() {
        return Stream.of(python(), fluentOrg(), fluentLogger(), go(), java()).flatMap(Collection::stream);
    }

    /** Of each library that speaks over a UNIX socket one mode. */
    public static Stream<Client> overUnixSockets() {
        List<String> names = List.of(
                "python-sync", "node-fluent-org-PackedForward-ack-nanos", "node-fluent-logger-Message-ack", "go-ack");
        return all().filter(client -> names.contains(client.name()));
    }

    private static List<Client> python() {
        return Stream.of("sync", "async", "nanos")
                .map(options -> of("python", "fluent-logger for Python", options, ALL, ForwardClient::python))
                .toList();
    }

    private static List<Client> fluentOrg() {
        // A Date is msgpack's timestamp to this library.
        Map<String, String> otherwise = Map.of("date", """
                {"when":{"type":-1,"data":"dzWUAGVT8QA="}}""");
        return Stream.of(
                        "Message",
                        "Message,ack",
                        "Message,nanos",
                        "Forward",
                        "Forward,ack",
                        "PackedForward",
                        "PackedForward,ack,nanos",
                        "CompressedPackedForward",
                        "CompressedPackedForward,ack")
                .map(options -> of(
                        "node-fluent-org",
                        "@fluent-org/logger for Node",
                        options,
                        NODE,
                        otherwise,
                        ForwardClient::nodeFluentOrg))
                .toList();
    }

    private static List<Client> fluentLogger() {
        // Its msgpack takes integers of more than 32 bits for floats, and a Date for an object without fields.
        Map<String, String> otherwise = Map.of("safe", """
                {"greatest":9007199254740991.0,"least":-9007199254740991.0}""", "date", """
                {"when":{}}""");
        return Stream.of(
                        "Message",
                        "Message,ack",
                        "Message,nanos",
                        "PackedForward",
                        "PackedForward,ack",
                        "CompressedPackedForward",
                        "CompressedPackedForward,ack,nanos")
                .map(options -> of(
                        "node-fluent-logger",
                        "fluent-logger for Node",
                        options,
                        NODE,
                        otherwise,
                        ForwardClient::nodeFluentLogger))
                .toList();
    }

    private static List<Client> go() {
        return Stream.of("sync", "async", "ack", "nanos", "async,ack,nanos", "json", "json,ack")
                .map(options -> of("go", "fluent-logger-golang", options, ALL, ForwardClient::go))
                .toList();
    }

    private static List<Client> java() {
        List<Client> clients = new ArrayList<>();
        for (String options : List.of("plain", "ack,nanos", "ack,failover")) {
            clients.add(new Client(
                    "fluency-" + options.replace(',', '-'), "Fluency", options, ALL, Map.of(), Clients::fluency));
        }
        // Its msgpack is older than the type binary.
        Map<String, String> otherwise = Map.of("binary", """
                {"data":"\\u0000\\ufffd\\ufffd\\n"}""");
        clients.add(new Client(
                "fluent-logger-java", "fluent-logger for Java", "plain", ALL, otherwise, Clients::fluentLoggerForJava));
        return clients;
    }

    private static Client of(
            String name, String library, String options, List<String> records, Supplier<ForwardClient> program) {
        return of(name, library, options, records, Map.of(), program);
    }

    private static Client of(
            String name,
            String library,
            String options,
            List<String> records,
            Map<String, String> otherwise,
            Supplier<ForwardClient> program) {
        return new Client(
                name + "-" + options.replace(',', '-'),
                library,
                options,
                records,
                otherwise,
                (address, tag, words, names) -> program.get().send(address, tag, words, names));
    }

    private static String fluency(String address, String tag, String options, List<String> records) {
        FluencyBuilderForFluentd builder = new FluencyBuilderForFluentd();
        builder.setAckResponseMode(options.contains("ack"));
        URI server = URI.create(address);
        InetSocketAddress alive = new InetSocketAddress(server.getHost(), server.getPort());
        InetSocketAddress dead = new InetSocketAddress(server.getHost(), EngineProcess.freePort());
        // With more than one server it sends heartbeats: connections that end without a byte.
        List<InetSocketAddress> servers = options.contains("failover") ? List.of(dead, alive) : List.of(alive);
        try (Fluency fluency = builder.build(servers)) {
            for (String name : records) {
                Map<String, Object> record = objects(ClientRecords.inJava(name));
                if (options.contains("nanos")) {
                    fluency.emit(tag, EventTime.fromEpoch(ClientRecords.SECONDS, 500_000_000), record);
                } else {
                    fluency.emit(tag, ClientRecords.SECONDS, record);
                }
            }
            fluency.flush();
            assertThat(fluency.waitUntilAllBufferFlushed(30)).as("all was sent").isTrue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        return version(Fluency.class);
    }

    private static String fluentLoggerForJava(String address, String tag, String options, List<String> records) {
        URI server = URI.create(address);
        FluentLogger logger = FluentLogger.getLogger(null, server.getHost(), server.getPort());
        try {
            for (String name : records) {
                assertThat(logger.log(tag, objects(ClientRecords.inJava(name)), ClientRecords.SECONDS))
                        .as("%s was sent", name)
                        .isTrue();
            }
            logger.flush();
        } finally {
            logger.close();
        }
        return version(FluentLogger.class);
    }

    /** As the name of the library's jar has it. */
    private static String version(Class<?> of) {
        String jar = of.getProtectionDomain().getCodeSource().getLocation().getPath();
        return jar.replaceFirst(".*-(\\d[^/]*)\\.jar$", "$1");
    }

    private static Map<String, Object> objects(Map<?, ?> map) {
        Map<String, Object> objects = new LinkedHashMap<>();
        map.forEach((key, value) -> objects.put(String.valueOf(key), value));
        return objects;
    }

    private static List<String> join(List<String> one, List<String> other) {
        return Stream.concat(one.stream(), other.stream()).toList();
    }
}
