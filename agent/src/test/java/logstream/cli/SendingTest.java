package logstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.msgpack.value.ImmutableValue;

@Timeout(30)
class SendingTest {
    private static final List<Duration> WAITS = List.of(Duration.ZERO, Duration.ofMillis(1));
    private static final Duration PATIENT = Duration.ofSeconds(20);

    private final StringWriter err = new StringWriter();

    private Sending sending(InputStream in) {
        ContainerEvents events = new ContainerEvents(
                "grid.a:b", "id", "/web", "stderr", InstantSource.fixed(Instant.ofEpochSecond(1_449_236_367)));
        return new Sending(new LineReader(in), events, new PrintWriter(err), WAITS);
    }

    private static InputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static InputStream numbers(int count) {
        return text(IntStream.range(0, count).mapToObj(Integer::toString).collect(Collectors.joining("\n")));
    }

    private static List<String> logs(List<ImmutableValue> messages) {
        return messages.stream()
                .map(message -> message.asArrayValue().get(2).asMapValue().map().values().stream()
                        .reduce((first, last) -> last)
                        .orElseThrow()
                        .asRawValue()
                        .asByteArray())
                .map(log -> new String(log, StandardCharsets.ISO_8859_1))
                .toList();
    }

    @Test
    void aMessageIsWhatDockerSends() {
        ContainerEvents events = new ContainerEvents(
                "t", "id", "/n", "stdout", InstantSource.fixed(Instant.ofEpochSecond(1_449_236_367)));
        assertThat(HexFormat.of().formatHex(events.message(new byte[] {(byte) 0xff, 'x'}, "")))
                .isEqualTo("94" + "a174" + "ce5661978f" + "84" + "ac" + hex("container_id") + "a2" + hex("id") + "ae"
                        + hex("container_name") + "a2" + hex("/n") + "a6" + hex("source") + "a6" + hex("stdout") + "a3"
                        + hex("log") + "a2ff78" + "80");
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void everyLineIsSentAndAcknowledged() throws Exception {
        try (ScriptedAgent agent = new ScriptedAgent(List.of(ScriptedAgent.Plan.FAITHFUL))) {
            assertThat(sending(text("a\n\n\u00ff\u00fe")).withAcks(agent.address(), PATIENT))
                    .isZero();

            assertThat(logs(agent.received())).containsExactly("a", "", "\u00ff\u00fe");
            assertThat(agent.received().getFirst().toJson())
                    .startsWith("[\"grid.a:b\",1449236367,{\"container_id\":\"id\",\"container_name\":\"/web\","
                            + "\"source\":\"stderr\",\"log\":\"a\"},{\"chunk\":\"");
        }
        assertThat(err.toString()).isEqualTo("logstream: 3 lines sent, each acknowledged\n");
    }

    @Test
    void moreLinesThanTheWindowAllArrive() throws Exception {
        int count = 5 * ForwardSender.MAX_UNACKED;
        try (ScriptedAgent agent = new ScriptedAgent(List.of(ScriptedAgent.Plan.FAITHFUL))) {
            sending(numbers(count)).withAcks(agent.address(), PATIENT);
            assertThat(logs(agent.received()))
                    .isEqualTo(IntStream.range(0, count)
                            .mapToObj(Integer::toString)
                            .toList());
        }
    }

    @Test
    void whatALostConnectionLeavesUnacknowledgedIsSentAgain() throws Exception {
        try (ScriptedAgent agent = new ScriptedAgent(
                List.of(new ScriptedAgent.Plan(3), new ScriptedAgent.Plan(40), ScriptedAgent.Plan.FAITHFUL))) {
            assertThat(sending(numbers(500)).withAcks(agent.address(), PATIENT)).isZero();

            List<String> logs = logs(agent.received());
            assertThat(logs)
                    .containsAll(
                            IntStream.range(0, 500).mapToObj(Integer::toString).toList());
            assertThat(logs.subList(0, 4))
                    .as("what was acknowledged is not sent again")
                    .containsExactly("0", "1", "2", "3");
            assertThat(err.toString()).contains("500 lines sent, each acknowledged");
        }
    }

    @Test
    void whenTheAgentIsGoneForGoodTheLinesInDoubtAreCounted() throws Exception {
        try (ScriptedAgent agent = new ScriptedAgent(List.of(new ScriptedAgent.Plan(3)))) {
            assertThatThrownBy(() -> sending(numbers(10)).withAcks(agent.address(), PATIENT))
                    .isInstanceOfSatisfying(
                            Failure.class,
                            failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.UNSURE))
                    .hasMessageStartingWith(
                            "the connection to " + agent.address() + " was lost and could not be made again")
                    .hasMessageEndingWith("of 10 lines the last 7 are not known to be stored");
        }
    }

    @Test
    void aSilentAgentIsNotWaitedForForEver() throws Exception {
        try (ScriptedAgent agent = new ScriptedAgent(List.of(ScriptedAgent.Plan.SILENT))) {
            assertThatThrownBy(() -> sending(numbers(2)).withAcks(agent.address(), Duration.ofMillis(50)))
                    .hasMessage(
                            "the agent at " + agent.address() + " was silent for 50ms; its buffer may be full, see its"
                                    + " log; of 2 lines the last 2 are not known to be stored");
        }
    }

    @Test
    void aLineIsOnItsWayBeforeTheNextOneIsTyped() throws Exception {
        CompletableFuture<Integer> exit;
        try (ScriptedAgent agent = new ScriptedAgent(List.of(ScriptedAgent.Plan.FAITHFUL))) {
            try (PipedOutputStream keyboard = new PipedOutputStream()) {
                PipedInputStream in = new PipedInputStream(keyboard);
                exit = CompletableFuture.supplyAsync(() -> exitCode(in, agent.address()));
                keyboard.write("typed\n".getBytes(StandardCharsets.UTF_8));
                keyboard.flush();
                assertThat(agent.messages().poll(10, TimeUnit.SECONDS)).isNotNull();
            }
            assertThat(exit.get(10, TimeUnit.SECONDS)).isZero();
        }
    }

    private int exitCode(InputStream in, HostPort address) {
        try {
            return sending(in).withAcks(address, PATIENT);
        } catch (Failure failed) {
            return failed.exitCode();
        }
    }

    @Test
    void anIdleConnectionThatWasLostIsMadeAgainForTheNextLine() throws Exception {
        try (ScriptedAgent agent = new ScriptedAgent(List.of(new ScriptedAgent.Plan(1), ScriptedAgent.Plan.FAITHFUL));
                PipedOutputStream keyboard = new PipedOutputStream()) {
            PipedInputStream in = new PipedInputStream(keyboard);
            CompletableFuture<Integer> exit = CompletableFuture.supplyAsync(() -> exitCode(in, agent.address()));
            for (String line : List.of("one", "two", "three")) {
                keyboard.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                keyboard.flush();
                assertThat(agent.messages().poll(10, TimeUnit.SECONDS)).isNotNull();
            }
            assertThat(exit).isNotDone();
        }
    }

    @Test
    void withoutAcksNoneAreAskedForAndTheAgentReadsToTheEnd() throws Exception {
        try (ScriptedAgent agent = new ScriptedAgent(List.of(ScriptedAgent.Plan.FAITHFUL))) {
            assertThat(sending(text("a\nb\n")).withoutAcks(agent.address())).isZero();
            assertThat(logs(agent.received())).containsExactly("a", "b");
            assertThat(agent.received().getFirst().asArrayValue().get(3).toJson())
                    .isEqualTo("{}");
        }
        assertThat(err.toString()).isEqualTo("logstream: 2 lines sent, no acks asked for\n");
    }

    @Test
    void aLineThatIsTooLongIsCutAndThatIsSaidOnce() throws Exception {
        String tooLong = "x".repeat(LineReader.MAX_LINE_BYTES + 1);
        try (ScriptedAgent agent = new ScriptedAgent(List.of(ScriptedAgent.Plan.FAITHFUL))) {
            sending(text("short\n" + tooLong + "\n" + tooLong)).withAcks(agent.address(), PATIENT);
            assertThat(logs(agent.received()))
                    .extracting(String::length)
                    .containsExactly(5, LineReader.MAX_LINE_BYTES, LineReader.MAX_LINE_BYTES);
        }
        assertThat(err.toString()).isEqualTo("""
                        logstream: line 2 is longer than 1044480 bytes; its end is cut off (said once)
                        logstream: 3 lines sent, each acknowledged
                        """);
    }

    @Test
    void whereNoAgentAnswersThatIsSaidWithWhatToDo() throws Exception {
        HostPort nobody;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = new HostPort("127.0.0.1", free.getLocalPort());
        }
        for (boolean acks : new boolean[] {true, false}) {
            assertThatThrownBy(() -> {
                        if (acks) {
                            sending(text("a")).withAcks(nobody, PATIENT);
                        } else {
                            sending(text("a")).withoutAcks(nobody);
                        }
                    })
                    .isInstanceOfSatisfying(
                            Failure.class,
                            failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.FAILED))
                    .hasMessage("no agent answers at " + nobody + " (Connection refused); start one with 'logstream run"
                            + " --local', or name its address with --address");
        }
    }
}
