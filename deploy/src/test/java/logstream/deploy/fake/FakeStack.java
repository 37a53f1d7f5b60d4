package logstream.deploy.fake;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A stack whose operations go as the scripts say that a test has queued. */
public final class FakeStack {
    private static final Instant BEGIN = Instant.parse("2026-03-01T12:00:00Z");

    final String name;
    final String id;
    final Map<String, String> parameters = new LinkedHashMap<>();
    final Map<String, String> tags = new LinkedHashMap<>();
    final Map<String, String> outputs = new LinkedHashMap<>();
    /** Logical id to type and physical id. */
    final Map<String, List<String>> resources = new LinkedHashMap<>();

    String template = "Resources: {}";
    String status;
    String drift = "NOT_CHECKED";

    private final List<Map<String, Object>> events = new ArrayList<>();
    private final Deque<List<Events.Line>> coming = new ArrayDeque<>();

    FakeStack(String name, String status) {
        this.name = name;
        this.id = "arn:aws:cloudformation:eu-west-1:123456789012:stack/" + name + "/6d0c7a40";
        this.status = status;
    }

    public FakeStack parameter(String key, String value) {
        parameters.put(key, value);
        return this;
    }

    public FakeStack output(String key, String value) {
        outputs.put(key, value);
        return this;
    }

    public FakeStack resource(String logicalId, String type, String physicalId) {
        resources.put(logicalId, List.of(type, physicalId));
        return this;
    }

    public FakeStack launchedFrom(String templateName) {
        return tag("logstream:template", templateName);
    }

    public FakeStack tag(String key, String value) {
        tags.put(key, value);
        return this;
    }

    public FakeStack template(String text) {
        template = text;
        return this;
    }

    public FakeStack drift(String state) {
        drift = state;
        return this;
    }

    /** Lets an operation begin; what happens at once is visible. */
    void begin(List<List<Events.Line>> looks) {
        coming.addAll(looks);
        advance();
    }

    /** Time passes. */
    void advance() {
        List<Events.Line> now = coming.poll();
        if (now != null) {
            now.forEach(this::happen);
        }
    }

    private void happen(Events.Line line) {
        Map<String, Object> event = new LinkedHashMap<>();
        int number = events.size();
        event.put("EventId", line.resource() + "-" + number);
        event.put("StackId", id);
        event.put("StackName", name);
        event.put("LogicalResourceId", line.ofStack() ? name : line.resource());
        event.put("PhysicalResourceId", line.ofStack() ? id : name + "-" + line.resource());
        event.put("ResourceType", line.type());
        event.put("Timestamp", BEGIN.plusSeconds(number).toString());
        event.put("ResourceStatus", line.status());
        if (!line.reason().isEmpty()) {
            event.put("ResourceStatusReason", line.reason());
        }
        events.add(event);
        if (line.ofStack()) {
            status = line.status();
        }
    }

    List<Map<String, Object>> newestFirst() {
        return events.reversed();
    }
}
