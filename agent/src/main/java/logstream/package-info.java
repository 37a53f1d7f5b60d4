/** The agent itself: builds the parts, starts them from the sink, stops them from the source. */
@NullMarked
package logstream;

import org.jspecify.annotations.NullMarked;
