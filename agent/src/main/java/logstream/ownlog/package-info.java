/** What the agent says of itself: one log, on standard error, that can be neither flooded nor made to tell secrets. */
@NullMarked
package logstream.ownlog;

import org.jspecify.annotations.NullMarked;
