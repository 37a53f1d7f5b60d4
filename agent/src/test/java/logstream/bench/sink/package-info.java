/** The counting sink of the benchmark, a program of its own: takes PutRecords as Kinesis does, and checks every record. */
@NullMarked
package logstream.bench.sink;

import org.jspecify.annotations.NullMarked;
