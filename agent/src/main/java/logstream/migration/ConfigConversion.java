package logstream.migration;

import java.util.List;
import logstream.migration.FluentdElement.Parameter;

/**
 * Makes a configuration of Logstream out of one of a fluentd, or td-agent, that takes the Forward protocol and ships to
 * Kinesis. What has no counterpart is noted, line by line; nothing is left out silently.
 *
 * <p>Threading: confined to one thread.
 */
public final class ConfigConversion {
    private final ConvertedSettings out = new ConvertedSettings();
    private final ConvertedInput input = new ConvertedInput(out);
    private final ConvertedOutput output = new ConvertedOutput(out);
    private boolean shipped;

    private ConfigConversion() {}

    /**
     * Converts.
     *
     * @throws FluentdSyntaxException with line and reason when the text is no such configuration
     */
    public static ConvertedConfig of(String text) throws FluentdSyntaxException {
        ConfigConversion conversion = new ConfigConversion();
        conversion.all(FluentdParser.parse(text));
        return conversion.converted();
    }

    private ConvertedConfig converted() {
        input.finish();
        if (!out.has("kinesis.stream")) {
            out.note(0, "kinesis.stream", "No <match> with @type kinesis_streams names a stream.", "Set it.");
        }
        return out.converted();
    }

    private void all(FluentdElement parent) {
        for (Parameter parameter : parent.parameters()) {
            if (parameter.name().equals("@include") || parameter.name().equals("include")) {
                out.note(parameter, "Other files are not read.", "Put what is in it here, and convert again.");
            } else {
                out.note(parameter, "Outside of sections it means nothing here.", "Look whether it is needed.");
            }
        }
        for (FluentdElement one : parent.elements()) {
            section(one);
        }
    }

    private void section(FluentdElement element) {
        switch (element.name()) {
            case "source" -> input.take(element);
            case "match" -> match(element);
            // A label routes inside of fluentd; what is in it counts all the same.
            case "label" -> all(element);
            case "filter" -> filter(element);
            case "system" -> out.note(element.line(), "<system>", "It is about the process of fluentd.", "");
            default ->
                out.note(
                        element.line(),
                        "<" + element.name() + ">",
                        "It is not known here.",
                        "Look whether it is needed.");
        }
    }

    private void match(FluentdElement match) {
        List<FluentdElement> stores = match.elements().stream()
                .filter(one -> one.name().equals("store"))
                .toList();
        if (ConvertedOutput.isKinesis(match)) {
            ship(match, match);
        } else if (!stores.isEmpty()) {
            for (FluentdElement store : stores) {
                if (ConvertedOutput.isKinesis(store)) {
                    ship(store, match);
                } else {
                    other(store, "<store> " + store.type());
                }
            }
        } else if (match.type().equals("null")) {
            out.note(
                    match.line(),
                    "<match " + match.argument() + "> null",
                    "Tags that record.tags does not name are dropped and counted.",
                    "");
        } else {
            other(match, "<match " + match.argument() + "> " + match.type());
        }
    }

    private void ship(FluentdElement element, FluentdElement match) {
        if (shipped) {
            out.note(
                    element.line(),
                    "<match " + match.argument() + "> " + element.type(),
                    "An agent ships to one stream, in one form; the first <match> was taken.",
                    "Run a second agent for this one, or add its tags to record.tags.");
            return;
        }
        shipped = true;
        output.take(element, match.argument(), match.line());
    }

    private void other(FluentdElement element, String what) {
        out.note(
                element.line(),
                what,
                "Logstream ships to Kinesis only.",
                "Keep a fluentd for it, or have a consumer of the stream do it.");
    }

    private void filter(FluentdElement filter) {
        String what = "<filter " + filter.argument() + "> " + filter.type();
        if (filter.type().equals("concat")) {
            out.note(filter.line(), what, "Docker's pieces of long lines are joined by themselves.", "");
        } else {
            out.note(filter.line(), what, "Lines are shipped as they come.", "Have the consumers of the stream do it.");
        }
    }
}
