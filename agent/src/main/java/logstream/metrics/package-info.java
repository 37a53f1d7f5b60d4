/** Counts and shows. */
@NullMarked
package logstream.metrics;

import org.jspecify.annotations.NullMarked;
