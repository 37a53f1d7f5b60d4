package logstream.monitor;

import logstream.metrics.Containers;
import logstream.metrics.Metrics;
import logstream.pipeline.LiveTail;

/** What the monitor shows. */
public record Observed(
        About about, Metrics metrics, Containers containers, Vitals vitals, LiveTail liveTail, LiveConfig config) {}
