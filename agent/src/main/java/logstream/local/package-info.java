/** A local Kinesis endpoint inside this process, for trying out, tests and benchmarks. */
@NullMarked
package logstream.local;

import org.jspecify.annotations.NullMarked;
