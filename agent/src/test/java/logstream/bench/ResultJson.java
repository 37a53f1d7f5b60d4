package logstream.bench;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Results in JSON, for programs: figures that stand for all runs, and each run's own. */
final class ResultJson {
    private ResultJson() {}

    static String of(Machine machine, List<Result> results) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = new ObjectMapper().createGenerator(text).useDefaultPrettyPrinter()) {
            out.writeStartObject();
            out.writeStringField(
                    "date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
            out.writePOJOField("machine", machine);
            out.writeArrayFieldStart("scenarios");
            for (Result result : results) {
                write(out, result);
            }
            out.writeEndArray();
            out.writeEndObject();
        }
        return text.toString();
    }

    private static void write(JsonGenerator out, Result result) throws IOException {
        out.writeStartObject();
        out.writeStringField("name", result.scenario().name());
        out.writeStringField("what", result.scenario().what());
        out.writeBooleanField("noisy", result.isNoisy());
        write(out, "figures", result.figures());
        out.writeArrayFieldStart("runs");
        for (Run run : result.runs()) {
            out.writeStartObject();
            write(out, "figures", run.figures());
            out.writeNumberField("stolen_share", rounded(run.noise().stolen()));
            out.writeNumberField("others_share", rounded(run.noise().others()));
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writePOJOField("complaints", result.complaints());
        out.writeEndObject();
    }

    private static void write(JsonGenerator out, String name, Map<Figure, Double> figures) throws IOException {
        out.writeObjectFieldStart(name);
        for (Map.Entry<Figure, Double> figure : figures.entrySet()) {
            out.writeNumberField(figure.getKey().name().toLowerCase(Locale.ROOT), rounded(figure.getValue()));
        }
        out.writeEndObject();
    }

    private static double rounded(double value) {
        return Math.round(value * 1e4) / 1e4;
    }
}
