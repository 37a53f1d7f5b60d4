package logstream.deploy;

import java.time.InstantSource;
import java.util.Map;
import logstream.deploy.stacks.Pauses;

/** What the commands have of the world around them, apart from AWS. */
record World(Pauses pauses, InstantSource clock, Answers answers, Map<String, String> environment) {}
