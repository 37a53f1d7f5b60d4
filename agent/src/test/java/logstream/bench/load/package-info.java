/** The load generator of the benchmark, a program of its own: containers' lines in Docker's shape, as fast or as slow as asked. */
@NullMarked
package logstream.bench.load;

import org.jspecify.annotations.NullMarked;
