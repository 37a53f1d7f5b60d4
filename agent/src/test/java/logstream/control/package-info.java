/** Tests of the control socket. */
@NullMarked
package logstream.control;

import org.jspecify.annotations.NullMarked;
