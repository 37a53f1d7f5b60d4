/** Reading back what the agent wrote, as people see it. */
@NullMarked
package logstream.tail;

import org.jspecify.annotations.NullMarked;
