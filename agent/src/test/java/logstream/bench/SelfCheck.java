package logstream.bench;

import java.io.IOException;
import java.nio.file.Path;
import logstream.bench.load.Amount;
import logstream.bench.load.DiscardProgram;
import logstream.bench.load.LoadPlan;
import logstream.bench.load.LoadProgram;
import logstream.bench.load.LoadReport;
import logstream.bench.sink.PutPlan;
import logstream.bench.sink.PutProgram;
import logstream.bench.sink.SinkFaults;
import logstream.bench.sink.SinkPlan;
import logstream.bench.sink.SinkProgram;
import logstream.bench.sink.SinkReport;
import org.jspecify.annotations.Nullable;

/**
 * The benchmark's own parts without an agent: whether a figure is the agent's, or the limit of what it is measured with.
 * Each is warmed up first.
 */
final class SelfCheck {
    private static final Amount WARM_UP = Amount.ofRecords(2_000_000);
    private static final int CONNECTIONS = 2;
    private static final int RECORDS_IN_REQUEST = 500;

    private SelfCheck() {}

    static String run(Rig.Place place) throws IOException {
        return generator("messages of 200-byte lines", LoadPlan.docker(200), 10_000_000)
                + generator("messages of 2,000-byte lines", LoadPlan.docker(2_000), 2_000_000)
                + generator(
                        "PackedForward of 1,000 events, 200-byte lines, no acks",
                        new LoadPlan(0, 8, 0, 200, 1_000, false, 0, true),
                        10_000_000)
                + sink("200-byte lines", place.certificate(), 200, 6_000)
                + sink("2,000-byte lines", place.certificate(), 2_000, 400);
    }

    /** Into a program that reads and forgets. */
    private static String generator(String what, LoadPlan plan, int records) throws IOException {
        try (Child discard = Child.start(DiscardProgram.class);
                Child load = Child.start(LoadProgram.class)) {
            load.tellJson(plan.withPort(discard.answer(Integer.class)));
            load.answer(Long.class);
            load.tellJson(WARM_UP);
            load.answer(LoadReport.class);
            double cpu = load.figures().cpuSeconds();
            load.tellJson(Amount.ofRecords(records));
            LoadReport report = load.answer(LoadReport.class);
            double seconds = (report.lastWriteNanos() - report.firstWriteNanos()) / 1e9;
            return line(
                    "load generator, " + what, records, seconds, load.figures().cpuSeconds() - cpu);
        }
    }

    /** From a program whose requests are encoded beforehand. */
    private static String sink(String what, @Nullable Certificate certificate, int lineBytes, int requests)
            throws IOException {
        try (Child sink = Child.start(SinkProgram.class)) {
            sink.tellJson(new SinkPlan(
                    certificate == null ? "" : certificate.keyStore().toString(),
                    Certificate.PASSWORD,
                    SinkFaults.NONE));
            int port = sink.answer(Integer.class);
            put(certificate, new PutPlan(port, certificate != null, CONNECTIONS, requests, lineBytes));
            double cpu = sink.figures().cpuSeconds();
            long before = sink.ask("report", SinkReport.class).requests();
            double seconds =
                    put(certificate, new PutPlan(port, certificate != null, CONNECTIONS, requests, lineBytes)) / 1e9;
            double records = (sink.ask("report", SinkReport.class).requests() - before) * (double) RECORDS_IN_REQUEST;
            return line(
                    "sink, " + (certificate == null ? "plain, " : "TLS, ") + what,
                    records,
                    seconds,
                    sink.figures().cpuSeconds() - cpu);
        }
    }

    private static long put(@Nullable Certificate certificate, PutPlan plan) throws IOException {
        Path trust = certificate == null ? null : certificate.trustStore();
        try (Child put = trust == null
                ? Child.start(PutProgram.class)
                : Child.start(PutProgram.class, "-Djavax.net.ssl.trustStore=" + trust)) {
            put.tellJson(plan);
            return put.answer(Long.class);
        }
    }

    private static String line(String what, double records, double seconds, double cpuSeconds) {
        return "%s: %,.0f records/s, %.2f CPU seconds per million%n"
                .formatted(what, records / seconds, cpuSeconds * 1e6 / records);
    }
}
