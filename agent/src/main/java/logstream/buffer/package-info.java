/** A durable queue of opaque frames in chunk files. */
@NullMarked
package logstream.buffer;

import org.jspecify.annotations.NullMarked;
