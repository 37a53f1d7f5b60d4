package logstream.migration;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A chunk file of a file buffer of fluentd 0.12.
 *
 * <p>Format of the name: what {@code buffer_path} says, with {@code .b} (being filled) or {@code .q} (queued) and a time in
 * hex digits in it, such as {@code logstream.q5265c3fd8b6ab.buffer}. Its content is what {@link FluentdRecords} reads.
 *
 * @param path of the file
 * @param state whether fluentd still filled it
 * @param stamp the time in its name, which orders the chunks
 */
public record FluentdChunk(Path path, State state, BigInteger stamp) {
    /** In the order in which fluentd sends them. */
    public enum State {
        QUEUED,
        STAGED
    }

    private static final Pattern NAME = Pattern.compile(".+\\.([bq])([0-9a-fA-F]{1,32})(\\.[^.]+)?");

    /** What an imported chunk is called from then on. It is no chunk by its name any more. */
    private static final String IMPORTED = ".imported";

    private static final Comparator<FluentdChunk> ORDER =
            Comparator.comparing(FluentdChunk::state).thenComparing(FluentdChunk::stamp);

    /**
     * The chunks in a folder, queued ones first, each kind in the order in which it was begun.
     *
     * @throws IOException with a sentence for the operator when the folder cannot be read
     */
    public static List<FluentdChunk> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new NotDirectoryException(folder + " is no folder; name the one in which fluentd kept its buffer");
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .flatMap(file -> of(file).stream())
                    .sorted(ORDER)
                    .toList();
        }
    }

    private static Optional<FluentdChunk> of(Path file) {
        Matcher matcher = NAME.matcher(file.getFileName().toString());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        State state = matcher.group(1).equals("q") ? State.QUEUED : State.STAGED;
        return Optional.of(new FluentdChunk(file, state, new BigInteger(matcher.group(2), 16)));
    }

    /** What the file is called once it is imported. */
    String importedName() {
        return path.getFileName() + IMPORTED;
    }

    /** Gives the file that name, so that it is not imported again; a power cut takes nothing back. */
    void markImported() throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        Files.move(path, path.resolveSibling(importedName()));
        if (folder != null) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
