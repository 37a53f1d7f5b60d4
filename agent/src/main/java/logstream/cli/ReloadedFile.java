package logstream.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import logstream.Reload;
import logstream.config.ConfigException;
import logstream.config.ConfigFile;
import logstream.config.LoadedConfig;
import logstream.config.LoadedConfig.Change;

/**
 * The file that an agent is configured by, as it was when its settings were taken, and as it is now.
 *
 * <p>Threading: {@link #propose} and what it gives by one thread at a time, the rest from any.
 */
final class ReloadedFile implements Reload.Source {
    /** More than a configuration may have. */
    private static final int MAX_BYTES = 2 << 20;

    private final Path file;
    private LoadedConfig held;
    private volatile Optional<String> proposedState;

    private ReloadedFile(Path file, LoadedConfig held, Optional<String> state) {
        this.file = file;
        this.held = held;
        this.proposedState = state;
    }

    /**
     * Reads it for the first time.
     *
     * @throws ConfigException with everything that is wrong with it
     */
    static ReloadedFile read(Path file) throws ConfigException {
        // Before it is read: a change in between is seen as one later.
        Optional<String> state = stateOf(file);
        return new ReloadedFile(file, ConfigFile.load(file), state);
    }

    /** What was taken last. */
    LoadedConfig held() {
        return held;
    }

    @Override
    public Reload.Proposal propose() {
        proposedState = stateOf(file);
        LoadedConfig newest;
        try {
            newest = ConfigFile.load(file);
        } catch (ConfigException wrong) {
            return new Reload.Unusable(wrong.problems().stream()
                    .map(problem -> file + ": " + problem)
                    .toList());
        }
        List<Change> changes = held.changesTo(newest);
        List<String> needRestart = changes.stream()
                .filter(change -> !change.reloadable())
                .map(
                        change -> change.key()
                                + " has changed, which a running agent cannot take over: restart it, or put back what was there")
                .toList();
        return needRestart.isEmpty()
                ? new Reload.Usable(
                        newest.config(), changes.stream().map(Change::key).toList(), () -> held = newest)
                : new Reload.Unusable(needRestart);
    }

    @Override
    public Optional<String> state() {
        return stateOf(file);
    }

    @Override
    public Optional<String> proposedState() {
        return proposedState;
    }

    private static Optional<String> stateOf(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return Optional.of(HexFormat.of().formatHex(digest.digest(in.readNBytes(MAX_BYTES))));
        } catch (IOException unreadable) {
            return Optional.empty();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
