package logstream.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That the schema allows what the agent does is seen in {@link ConfigFileTest}, for every setting. */
class SettingsSchemaTest {
    @Test
    void theShippedSchemaIsTheOneOfTheSettings() throws IOException {
        ShippedFiles.check("logstream.schema.json", SettingsSchema.json());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kinesis: {stream: '${STREAM}', max_batch_records: '${N:-100}', aggregate: '${A}', compression: '${C}'}",
                "{kinesis: {stream: s}, forward: , buffer: {dead_letters: }}",
                "{kinesis: {stream: s}, forward: {security: {networks: 10.0.0.0/8}}}",
                "{kinesis: {stream: s}, forward: {security: {networks: [10.0.0.0/8, {network: 'fd00::/8', shared_key: none}]}}}",
                "{kinesis: {stream: s}, forward: {tls: {min_version: 1.3}}, record: {tags: 5}, shutdown: {grace: 0}}"
            })
    void whatTheAgentTakesIsAllowed(String yaml) throws IOException {
        assertThat(SchemaCheck.problems(yaml)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "forward: {}",
                "kinesis: {region: eu-west-1}",
                "kinesis: {stream: s, regoin: eu-west-1}",
                "kinesis: {stream: 'a stream'}",
                "kinesis: {stream: s, max_batch_records: 501}",
                "kinesis: {stream: s, linger: a moment}",
                "kinesis: {stream: s, compression: lz4}",
                "kinesis: {stream: s, aggregate: yes please}",
                "{kinesis: {stream: s}, forward: {listen: 'udp://h'}}",
                "{kinesis: {stream: s}, forward: {security: {networks: [{shared_key: k}]}}}",
                "{kinesis: {stream: s}, buffer: here}"
            })
    void whatTheAgentRefusesIsMarked(String yaml) throws IOException {
        assertThat(SchemaCheck.problems(yaml)).isNotEmpty();
    }
}
