package logstream.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import logstream.AgentConfig;

/**
 * A configuration file that nothing is wrong with, as it was read.
 *
 * <p>Threading: immutable.
 */
public final class LoadedConfig {
    private final AgentConfig config;
    private final List<EffectiveSetting> effective;
    private final Map<String, Optional<Object>> values;

    LoadedConfig(AgentConfig config, List<EffectiveSetting> effective, Map<String, Optional<Object>> values) {
        this.config = config;
        this.effective = List.copyOf(effective);
        this.values = Map.copyOf(values);
    }

    /** What an agent is started with. */
    public AgentConfig config() {
        return config;
    }

    /** Every setting there is, in the order of the settings table. */
    public List<EffectiveSetting> effective() {
        return effective;
    }

    /**
     * A setting whose value is another one in a newer configuration.
     *
     * @param key path in the file, sections joined by dots
     * @param reloadable whether a running agent can take the new value over
     */
    public record Change(String key, boolean reloadable) {}

    /** What is different in a newer configuration, in the order of the settings table; a changed secret is a change, too. */
    public List<Change> changesTo(LoadedConfig newer) {
        List<Change> changes = new ArrayList<>();
        for (Setting<?> setting : Settings.ALL) {
            if (!Objects.equals(values.get(setting.key()), newer.values.get(setting.key()))) {
                changes.add(new Change(setting.key(), setting.reloadable()));
            }
        }
        return List.copyOf(changes);
    }
}
