/** Kinesis engines made by others, started as processes: the independent judges of what we send and read. */
@NullMarked
package logstream.engines;

import org.jspecify.annotations.NullMarked;
