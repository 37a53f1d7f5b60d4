@NullMarked
package logstream.ownlog;

import org.jspecify.annotations.NullMarked;
