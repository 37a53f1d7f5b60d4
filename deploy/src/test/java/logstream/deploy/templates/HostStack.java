package logstream.deploy.templates;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A stack of agents.yaml, and what its hosts are told at their first start. */
final class HostStack {
    static final Map<String, String> WITH_AGENT = Map.of(
            "Logstream", "logs",
            "AgentRole", "agents",
            "Image", "registry.example.com/logstream:1.0",
            "Subnets", "subnet-1,subnet-2",
            "SecurityGroups", "sg-1",
            "StartCommand", "docker run -d --restart always web");

    private HostStack() {}

    /** With these parameters, name and value in turn, instead of those of {@link #WITH_AGENT}. */
    static ResolvedStack of(String... more) {
        Map<String, String> parameters = new HashMap<>(WITH_AGENT);
        for (int i = 0; i < more.length; i += 2) {
            parameters.put(more[i], more[i + 1]);
        }
        return new ResolvedStack(WrittenTemplate.of("agents"), parameters);
    }

    static String userData(ResolvedStack stack) {
        return stack.properties("LaunchTemplate")
                .at("/LaunchTemplateData/UserData")
                .asText();
    }

    /** The text that user data writes to a file. */
    static String file(String userData, String path) {
        Matcher matcher = Pattern.compile("cat > " + Pattern.quote(path) + " <<'(\\w+)'\n(.*?)\n\\1\n", Pattern.DOTALL)
                .matcher(userData);
        if (!matcher.find()) {
            throw new AssertionError("nothing is written to " + path);
        }
        return matcher.group(2) + "\n";
    }
}
