package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Stream;
import logstream.engines.ClientRecords;
import logstream.engines.Clients;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What client libraries of five languages send, in each of their modes, is in the stream, value by value. */
class ClientsIT {
    @RegisterExtension
    static final SharedAgent AGENT = new SharedAgent(yaml -> Yaml.andUnix(yaml, SharedAgent.FOLDER + "/socket"));

    @ParameterizedTest
    @MethodSource("logstream.engines.Clients#all")
    void whatItSendsIsInTheStream(Clients.Client client) {
        sendsAll(client, AGENT.address(), "grid." + client.name());
    }

    @ParameterizedTest
    @MethodSource("logstream.engines.Clients#overUnixSockets")
    void andOverAUnixSocket(Clients.Client client) {
        sendsAll(client, "unix://" + AGENT.folder().resolve("socket"), "grid.unix." + client.name());
    }

    private static void sendsAll(Clients.Client client, String address, String tag) {
        List<String> names = Stream.concat(client.records().stream(), Stream.of(ClientRecords.LARGE))
                .toList();

        client.sending().send(address, tag, client.options(), names);

        List<JsonNode> found = AGENT.await(tag, names.size()).stream()
                .map(StreamRecords.Found::json)
                .toList();
        assertThat(found)
                .isEqualTo(names.stream()
                        .map(name -> withTimeAndTag(client.inTheStream(name), tag))
                        .toList());
    }

    private static JsonNode withTimeAndTag(JsonNode record, String tag) {
        return record.<ObjectNode>deepCopy().put("time", ClientRecords.TIME).put("tag", tag);
    }
}
