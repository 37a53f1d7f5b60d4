/** Speaks Forward protocol v1 and hands events to the {@link logstream.forward.EventSink} it was given. */
@NullMarked
package logstream.forward;

import org.jspecify.annotations.NullMarked;
