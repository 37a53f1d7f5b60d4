package logstream.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import logstream.AgentConfig;

/**
 * Reads a configuration file: YAML in UTF-8, at most 1 MiB, the keys of {@link Settings} and no others.
 *
 * <p>Threading: stateless.
 */
public final class ConfigFile {
    /** A configuration of this size is none; it would only be read into memory whole. */
    private static final int MAX_BYTES = 1 << 20;

    private static final String BYTE_ORDER_MARK = "\ufeff";

    private ConfigFile() {}

    /**
     * The configuration that the file describes.
     *
     * @throws ConfigException with everything that is wrong with it
     */
    public static AgentConfig read(Path file) throws ConfigException {
        return load(file).config();
    }

    /**
     * As {@link #read}, and where each value is from.
     *
     * @throws ConfigException with everything that is wrong with the file
     */
    public static LoadedConfig load(Path file) throws ConfigException {
        return load(file, System.getenv());
    }

    /** @param environment the variables that the file may refer to, by name */
    static LoadedConfig load(Path file, Map<String, String> environment) throws ConfigException {
        String text = decode(file, bytes(file));
        Optional<YamlNode> root;
        try {
            root = YamlReader.read(text);
        } catch (YamlReader.SyntaxException invalid) {
            throw new ConfigException(file, List.of(invalid.problem()));
        }
        Binder binder = new Binder(Settings.ALL, environment);
        binder.bind(root);
        findConflicts(binder);
        if (!binder.problems().isEmpty()) {
            throw new ConfigException(file, binder.problems());
        }
        return new LoadedConfig(Settings.read(binder, file), Settings.effective(binder, file), Settings.values(binder));
    }

    private static byte[] bytes(Path file) throws ConfigException {
        if (Files.isDirectory(file)) {
            throw fileProblem(file, "is a folder; name the file in it");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw fileProblem(file, "is larger than 1 MiB, so it is no configuration");
            }
            return bytes;
        } catch (NoSuchFileException missing) {
            throw fileProblem(file, "does not exist; check the path");
        } catch (AccessDeniedException denied) {
            throw fileProblem(file, "may not be read by this user; check owner and permissions");
        } catch (IOException unreadable) {
            throw fileProblem(file, "cannot be read: " + unreadable.getMessage());
        }
    }

    private static String decode(Path file, byte[] bytes) throws ConfigException {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)
                .decode(in, out, true);
        out.flip();
        if (result.isError()) {
            String before = out.toString();
            int line =
                    (int) before.chars().filter(character -> character == '\n').count() + 1;
            int column = before.length() - before.lastIndexOf('\n');
            throw new ConfigException(file, List.of(new Problem(line, column, "not UTF-8; save the file as UTF-8")));
        }
        String text = out.toString();
        return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    }

    private static void findConflicts(Binder binder) {
        SecuritySettings.findConflicts(binder);
        TransportSettings.findConflicts(binder);
        AddedFieldSettings.findConflicts(binder);
        MultilineSettings.findConflicts(binder);
        CareSettings.findConflicts(binder);
        KinesisSettings.findConflicts(binder);
        MonitorSettings.findConflicts(binder);
    }

    private static ConfigException fileProblem(Path file, String sentence) {
        return new ConfigException(file, List.of(new Problem(0, 0, sentence)));
    }
}
