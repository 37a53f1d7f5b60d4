package logstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What may be twice in a stream: an event under one and the same key, and no two events under one. */
final class Duplicates {
    private Duplicates() {}

    static void onlyWithTheSameKey(Map<String, List<String>> keysByEvent) {
        Set<String> seen = new HashSet<>();
        keysByEvent.forEach((event, keys) -> {
            Set<String> distinct = new HashSet<>(keys);
            assertThat(distinct).as("partition keys of event %s", event).hasSize(1);
            assertThat(seen.addAll(distinct))
                    .as("the key %s of event %s is no other event's", distinct, event)
                    .isTrue();
        });
    }

    static void none(Map<String, List<String>> keysByEvent) {
        onlyWithTheSameKey(keysByEvent);
        keysByEvent.forEach((event, keys) ->
                assertThat(keys).as("records of event %s", event).hasSize(1));
    }
}
