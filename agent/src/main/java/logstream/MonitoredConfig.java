package logstream;

import java.util.List;
import logstream.monitor.LiveConfig;

/**
 * The configuration as the monitor shows it, and has it loaded again.
 *
 * <p>Threading: any thread.
 */
record MonitoredConfig(Reload.Source source, Reload reload) implements LiveConfig {
    @Override
    public String file() {
        return source.file();
    }

    @Override
    public List<Shown> settings() {
        return source.settings();
    }

    @Override
    public Result reloadNow() {
        return switch (reload.now()) {
            case Reload.Loaded loaded ->
                new Result(
                        true,
                        loaded.changed().isEmpty() ? "nothing has changed" : "the file holds now",
                        loaded.changed(),
                        List.of());
            case Reload.Refused refused ->
                new Result(false, "the configuration before it stays", List.of(), refused.reasons());
        };
    }
}
