@NullMarked
package logstream.monitor;

import org.jspecify.annotations.NullMarked;
