/** Tests of the Forward input. */
@NullMarked
package logstream.forward;

import org.jspecify.annotations.NullMarked;
