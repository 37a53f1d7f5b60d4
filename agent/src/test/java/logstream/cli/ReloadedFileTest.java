package logstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import logstream.Reload;
import logstream.Reload.Proposal;
import logstream.Reload.Unusable;
import logstream.Reload.Usable;
import logstream.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReloadedFileTest {
    @TempDir
    private Path folder;

    private ReloadedFile read(String yaml) throws IOException, ConfigException {
        write(yaml);
        return ReloadedFile.read(folder.resolve("logstream.yml"));
    }

    private void write(String yaml) throws IOException {
        Files.writeString(folder.resolve("logstream.yml"), yaml);
    }

    private static void take(Proposal proposal) {
        assertThat(proposal)
                .isInstanceOfSatisfying(Usable.class, usable -> usable.taken().run());
    }

    @Test
    void whatHasChangedIsToldByName() throws Exception {
        ReloadedFile file = read("kinesis: {stream: logs}");
        write("{kinesis: {stream: logs, linger: 1s}, record: {tags: '**'}, shutdown: {grace: 5s}}");

        Proposal proposal = file.propose();

        assertThat(proposal).isInstanceOfSatisfying(Usable.class, usable -> {
            assertThat(usable.changed()).containsExactly("record.tags", "kinesis.linger");
            assertThat(usable.config().kinesis().linger()).isEqualTo(Duration.ofSeconds(1));
        });
        take(proposal);
        assertThat(file.propose())
                .isInstanceOfSatisfying(
                        Usable.class, usable -> assertThat(usable.changed()).isEmpty());
    }

    @Test
    void whatWasNotTakenIsStillNews() throws Exception {
        ReloadedFile file = read("kinesis: {stream: logs}");
        write("kinesis: {stream: logs, linger: 1s}");
        Reload.Proposal _ = file.propose();

        assertThat(file.propose())
                .isInstanceOfSatisfying(
                        Usable.class, usable -> assertThat(usable.changed()).containsExactly("kinesis.linger"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            kinesis.stream             | {kinesis: {stream: other}}
            kinesis.region             | {kinesis: {stream: logs, region: eu-west-1}}
            kinesis.endpoint_url       | {kinesis: {stream: logs, endpoint_url: 'http://127.0.0.1:1'}}
            buffer.directory           | {kinesis: {stream: logs}, buffer: {directory: elsewhere}}
            buffer.chunk_size          | {kinesis: {stream: logs}, buffer: {chunk_size: 1MiB}}
            forward.listen             | {kinesis: {stream: logs}, forward: {listen: 'tcp://127.0.0.1:1'}}
            forward.security.networks  | {kinesis: {stream: logs}, forward: {security: {networks: 10.0.0.0/8}}}
            monitor.port               | {kinesis: {stream: logs}, monitor: {port: 1}}
            kinesis.aggregate          | {kinesis: {stream: logs, aggregate: true}}
            """)
    void whatNeedsARestartIsRefusedByName(String key, String yaml) throws Exception {
        ReloadedFile file = read("kinesis: {stream: logs}");
        write(yaml.replaceFirst("\\{kinesis: \\{stream: (\\w+)", "{shutdown: {grace: 1s}, kinesis: {stream: $1"));

        assertThat(file.propose())
                .isEqualTo(
                        new Unusable(
                                List.of(
                                        key
                                                + " has changed, which a running agent cannot take over: restart it, or put back what was there")));
    }

    @Test
    void everythingWrongIsTold() throws Exception {
        ReloadedFile file = read("kinesis: {stream: logs}");
        write("kinesis:\n  stream: a b\nfroward:\n");

        assertThat(file.propose()).isInstanceOfSatisfying(Unusable.class, unusable -> {
            assertThat(unusable.reasons()).hasSize(2);
            assertThat(unusable.reasons().getFirst())
                    .startsWith(folder.resolve("logstream.yml") + ": line 2, column 11: kinesis.stream is 'a b'");
        });
        Files.delete(folder.resolve("logstream.yml"));
        assertThat(file.propose())
                .isInstanceOfSatisfying(
                        Unusable.class,
                        unusable -> assertThat(unusable.reasons())
                                .singleElement()
                                .asString()
                                .contains("does not exist"));
        assertThat(file.held().config().kinesis().stream()).isEqualTo("logs");
    }

    @Test
    void itsStateTellsAChange() throws Exception {
        ReloadedFile file = read("kinesis: {stream: logs}");
        assertThat(file.state()).isPresent().isEqualTo(file.proposedState());
        write("kinesis: {stream: logs, linger: 1s}");
        assertThat(file.state()).isPresent().isNotEqualTo(file.proposedState());
        Reload.Proposal _ = file.propose();
        assertThat(file.state()).isEqualTo(file.proposedState());
        Files.delete(folder.resolve("logstream.yml"));
        assertThat(file.state()).isEmpty();
    }
}
