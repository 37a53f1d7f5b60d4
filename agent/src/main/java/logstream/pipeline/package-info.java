/** Joins the two ends: events become records, frames become batches. The only place that knows both. */
@NullMarked
package logstream.pipeline;

import org.jspecify.annotations.NullMarked;
