package logstream.bench;

import java.util.Map;

/**
 * What one run gave.
 *
 * @param figures those that the scenario has
 * @param noise of the machine while it was measured
 * @param defects what must not be, in words; empty if all is well
 */
record Run(Map<Figure, Double> figures, MachineLoad.Noise noise, java.util.List<String> defects) {}
