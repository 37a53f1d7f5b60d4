package logstream.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import logstream.buffer.FrameBatch;
import logstream.forward.MsgpackCursor;
import logstream.metrics.Metrics;
import logstream.pipeline.CareConfig.Preset;

/**
 * Takes secrets out of an event before anything else is done with it: what it gives is the event's map, with other texts in it.
 *
 * <p>All texts of an event are looked at, to any depth, but not its keys, and not what Docker says of container and piece: {@code
 * container_id}, {@code container_name} and {@code partial_…}. What a rule finds is found in the text as it came, whatever
 * others find in it, and all of that is replaced. A field whose own name is one of {@link SecretNames} is replaced whole.
 *
 * <p>Invariants: an event in which nothing is found stays as it is, byte for byte, and costs no object. A text for which a
 * rule takes too long, or that would become too large, is replaced whole: nobody can keep a secret in by making it hard to
 * look for.
 *
 * <p>Threading: confined to one thread.
 */
final class Redactor {
    private static final int PRESETS = (1 << Preset.values().length) - 1;

    /** Nobody writes as many rules; see {@link CareConfig#MOST_RULES}. */
    private static final int PLACES = Long.SIZE;

    /** Characters that a rule may look at: so many, and so many more for each of the text's. For 16 KiB 1.1 million. */
    private static final long STEPS = 50_000;

    private static final long STEPS_PER_CHARACTER = 64;

    private static final byte[] NOTHING = {};
    private static final byte[] ID = ascii("container_id");
    private static final byte[] NAME = ascii("container_name");
    private static final byte[] PARTIAL = ascii("partial_");

    private final Metrics metrics;
    private final MsgpackCursor cursor = new MsgpackCursor();
    private final SecretScan scan = new SecretScan();
    private final Spans spans = new Spans();
    private final MapRewrite map = new MapRewrite();
    private final LineText text = new LineText();
    private Redaction redaction = Redaction.NONE;
    private final byte[][] replacements = new byte[PLACES][];
    private final byte[][] notices = new byte[PLACES][];
    private final LongAdder[] found = new LongAdder[PLACES];
    private final LongAdder[] gaveUp = new LongAdder[PLACES];
    private final Matcher[] matchers = new Matcher[PLACES];

    private long active;
    private byte[] wire = NOTHING;

    Redactor(Metrics metrics) {
        this.metrics = metrics;
    }

    /** Its rules hold from now on. Cheap when they are the same. */
    void use(Redaction newer) {
        if (newer.equals(redaction)) {
            return;
        }
        redaction = newer;
        for (Redaction.Rule rule : newer.rules()) {
            int place = rule.place();
            replacements[place] = rule.replacement();
            notices[place] = ascii("[not shown: rule " + rule.name() + " of record.redact gave up]");
            found[place] = metrics.redacted.of(rule.name());
            gaveUp[place] = metrics.redactionGaveUp.of(rule.name());
            rule.pattern().ifPresent(pattern -> matchers[place] = pattern.matcher(""));
        }
    }

    /**
     * The map at the cursor, without what is found in it.
     *
     * @param rules those that hold, as {@link Redaction#active} gives them
     * @return the same cursor, where it was, when nothing is found; another one, good until the next call, otherwise
     */
    MsgpackCursor redact(MsgpackCursor record, long rules) {
        active = rules;
        wire = record.bytes();
        int begin = record.position();
        map.begin(wire, begin);
        cursor.at(wire, begin);
        int pairs = cursor.readMapHeader();
        for (int pair = 0; pair < pairs; pair++) {
            if (isDockers()) {
                cursor.skip();
                cursor.skip();
            } else {
                int named = key();
                value(named);
            }
        }
        if (!map.changed()) {
            return record;
        }
        map.keepTo(cursor.position());
        return cursor.at(map.bytes(), 0);
    }

    /** Gives back memory beyond the usual. */
    void forget() {
        cursor.at(NOTHING, 0);
        wire = NOTHING;
        map.forget();
    }

    /** Whether the key at the cursor, which stays there, is one whose value is left alone. */
    private boolean isDockers() {
        if (cursor.type() != MsgpackCursor.Type.STRING) {
            return false;
        }
        int at = cursor.position();
        int length = cursor.readBytesHeader();
        int key = cursor.position();
        cursor.at(wire, at);
        return (length == ID.length && startsWith(key, ID))
                || (length == NAME.length && startsWith(key, NAME))
                || (length >= PARTIAL.length && startsWith(key, PARTIAL));
    }

    private boolean startsWith(int at, byte[] text) {
        return Arrays.equals(wire, at, at + text.length, text, 0, text.length);
    }

    /** Reads a key. Returns the place of the rule that replaces its value whole; {@link SecretNames#NONE} when none does. */
    private int key() {
        if (cursor.type() != MsgpackCursor.Type.STRING || (active & PRESETS) == 0) {
            cursor.skip();
            return SecretNames.NONE;
        }
        int length = cursor.readBytesHeader();
        int from = cursor.position();
        cursor.advance(length);
        return SecretNames.preset(wire, from, from + length, (int) active & PRESETS);
    }

    private void value(int named) {
        switch (cursor.type()) {
            case STRING -> string(named);
            case ARRAY -> {
                int values = cursor.readArrayHeader();
                for (int i = 0; i < values; i++) {
                    value(named);
                }
            }
            case MAP -> {
                int pairs = cursor.readMapHeader();
                for (int i = 0; i < pairs; i++) {
                    int inside = key();
                    value(inside);
                }
            }
            case NIL, BOOLEAN, INTEGER, FLOAT, BINARY, EXTENSION -> cursor.skip();
        }
    }

    private void string(int named) {
        int token = cursor.position();
        int length = cursor.readBytesHeader();
        int from = cursor.position();
        cursor.advance(length);
        int to = from + length;
        spans.clear();
        if (named != SecretNames.NONE
                && length > 0
                && (named != Preset.TOKENS.place() || KnownTokens.isCredential(wire, from, to))) {
            spans.add(from, to, named);
        }
        if ((active & PRESETS) != 0) {
            scan.find(wire, from, to, (int) active & PRESETS, spans);
        }
        int failed = (active & ~PRESETS) == 0 ? -1 : match(from, to);
        if (failed < 0 && spans.tooMany()) {
            failed = spans.rule(0);
        }
        if (failed >= 0) {
            gaveUp[failed].increment();
            map.replaceString(token, to, notices[failed]);
        } else if (spans.count() > 0) {
            replaceSpans(token, from, to);
        }
    }

    /** Looks for what the operator's own rules match. Returns the place of one that took too long; -1 when none did. */
    private int match(int from, int to) {
        text.show(wire, from, to);
        try {
            for (long left = active & ~PRESETS; left != 0; left &= left - 1) {
                int place = Long.numberOfTrailingZeros(left);
                if (!match(place)) {
                    return place;
                }
            }
            return -1;
        } finally {
            text.forget();
        }
    }

    private boolean match(int place) {
        Matcher matcher = matchers[place];
        text.allow(STEPS + STEPS_PER_CHARACTER * text.length());
        try {
            matcher.reset(text);
            while (matcher.find() && !spans.tooMany()) {
                if (matcher.end() > matcher.start()) {
                    int begin = text.byteAt(matcher.start());
                    spans.add(begin, text.byteAt(matcher.end()), place);
                }
            }
            return true;
        } catch (LineText.TooManySteps | StackOverflowError e) {
            // Java's expressions recurse for each repetition of a group.
            return false;
        } finally {
            matcher.reset("");
        }
    }

    private void replaceSpans(int token, int from, int to) {
        for (int i = 0; i < spans.count(); i++) {
            found[spans.rule(i)].increment();
        }
        spans.merge();
        long length = (long) to - from;
        for (int i = 0; i < spans.count(); i++) {
            length += (long) replacements[spans.rule(i)].length - spans.to(i) + spans.from(i);
        }
        if (length > FrameBatch.MAX_PAYLOAD_BYTES || map.full()) {
            int rule = spans.rule(0);
            gaveUp[rule].increment();
            map.replaceString(token, to, notices[rule]);
            return;
        }
        map.beginString(token, (int) length);
        map.skipTo(from);
        for (int i = 0; i < spans.count(); i++) {
            map.keepTo(spans.from(i));
            byte[] replacement = replacements[spans.rule(i)];
            map.append(replacement, 0, replacement.length);
            map.skipTo(spans.to(i));
        }
        map.keepTo(to);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
