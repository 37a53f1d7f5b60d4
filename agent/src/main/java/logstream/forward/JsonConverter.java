package logstream.forward;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import java.io.Writer;
import java.util.Arrays;

/**
 * Makes msgpack of JSON values, so that what comes as JSON takes the same way, with the same bounds, as what comes as
 * msgpack.
 *
 * <p>Format: objects, arrays, strings, literals as msgpack has them, in their order, duplicate keys kept. A number without
 * point and exponent that 64 bits hold becomes an integer, another a float of 64 bits; one that neither holds becomes a
 * string of its digits. Bytes that are no UTF-8, and lone surrogates, become U+FFFD.
 *
 * <p>Invariant: nothing is kept of the names that came, so they cannot fill the memory.
 *
 * <p>Threading: confined to the thread of the connection.
 */
final class JsonConverter {
    /** How a conversion ended. */
    enum Outcome {
        CONVERTED,
        /** The msgpack does not fit into the target. */
        TOO_LARGE,
        /** What was given is no JSON. */
        NOT_JSON
    }

    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .recyclerPool(JsonRecyclerPools.newBoundedPool(ForwardLimits.CONVERSION_BUFFERS))
            // The bounds are ours: JsonScanner has set length and depth before, and a number is never computed with.
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .build();

    /** Digits of which a long holds any number. */
    private static final int SAFE_DIGITS = 18;

    /** Digits of the largest unsigned long. */
    private static final int MOST_DIGITS = 20;

    private final MsgpackWriter out = new MsgpackWriter();
    /** Where the open arrays and maps begin, and how many values or pairs they have so far. */
    private int[] starts = new int[8];

    private int[] counts = new int[8];
    private int depth;

    /** What is converted next goes into this array, from its beginning on. */
    void begin(byte[] target) {
        out.begin(target);
    }

    /** Bytes of msgpack since the beginning. */
    int length() {
        return out.length();
    }

    /** Converts one value, space around it allowed; what was written is of use only when it was converted. */
    Outcome convert(byte[] json, int from, int length) {
        depth = 0;
        try (JsonParser parser = JSON.createParser(json, from, length)) {
            do {
                JsonToken token = parser.nextToken();
                if (token == null) {
                    return Outcome.NOT_JSON;
                }
                write(token, parser);
            } while (depth > 0);
            return parser.nextToken() == null ? Outcome.CONVERTED : Outcome.NOT_JSON;
        } catch (MsgpackWriter.FullException e) {
            return Outcome.TOO_LARGE;
        } catch (IOException e) {
            return Outcome.NOT_JSON;
        }
    }

    private void write(JsonToken token, JsonParser parser) throws IOException {
        boolean inMap = depth > 0 && out.isMap(starts[depth - 1]);
        if (depth > 0 && !token.isStructEnd() && inMap == (token == JsonToken.FIELD_NAME)) {
            counts[depth - 1]++;
        }
        switch (token) {
            case START_OBJECT -> open(out.map());
            case START_ARRAY -> open(out.array());
            case END_OBJECT, END_ARRAY -> {
                depth--;
                out.setCount(starts[depth], counts[depth]);
            }
            case FIELD_NAME, VALUE_STRING -> text(parser);
            case VALUE_NUMBER_INT -> integer(parser);
            case VALUE_NUMBER_FLOAT -> {
                double number = Double.parseDouble(parser.getText());
                if (Double.isInfinite(number)) {
                    text(parser);
                } else {
                    out.number(number);
                }
            }
            case VALUE_TRUE -> out.bool(true);
            case VALUE_FALSE -> out.bool(false);
            case VALUE_NULL -> out.nil();
            case NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT -> throw new IllegalStateException("text has no " + token);
        }
    }

    private void open(int start) {
        if (depth == starts.length) {
            starts = Arrays.copyOf(starts, 2 * depth);
            counts = Arrays.copyOf(counts, 2 * depth);
        }
        starts[depth] = start;
        counts[depth] = 0;
        depth++;
    }

    private void integer(JsonParser parser) throws IOException {
        int digits = parser.getTextLength();
        if (digits <= SAFE_DIGITS) {
            out.number(parser.getLongValue());
        } else if (digits > MOST_DIGITS || !longOrUnsigned(parser.getText())) {
            text(parser);
        }
    }

    private boolean longOrUnsigned(String digits) throws IOException {
        try {
            out.number(Long.parseLong(digits));
            return true;
        } catch (NumberFormatException e) {
            return unsigned(digits);
        }
    }

    private boolean unsigned(String digits) throws IOException {
        try {
            out.unsigned(Long.parseUnsignedLong(digits));
            return true;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private void text(JsonParser parser) throws IOException {
        Writer writer = out.beginString();
        parser.getText(writer);
        out.endString();
    }
}
