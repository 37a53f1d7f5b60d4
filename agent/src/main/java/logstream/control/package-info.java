/** Tells a running agent what to do: a socket in the buffer's folder, and who asks over it. */
@NullMarked
package logstream.control;

import org.jspecify.annotations.NullMarked;
