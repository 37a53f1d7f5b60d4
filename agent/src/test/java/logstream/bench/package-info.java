/**
 * The benchmark behind {@code agent/bench/run}: starts the built program, a sink and a load generator as processes of their
 * own, and tells what the program cost. Needs nothing but what the program itself ships.
 */
@NullMarked
package logstream.bench;

import org.jspecify.annotations.NullMarked;
