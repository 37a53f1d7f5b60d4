/** Choose lines, and show them to people: what both kinds of {@code tail} have in common. */
@NullMarked
package logstream.tail;

import org.jspecify.annotations.NullMarked;
