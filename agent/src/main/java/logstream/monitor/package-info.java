/** Answer people and collectors over HTTP: health, counters, status page, live tail, effective configuration. */
@NullMarked
package logstream.monitor;

import org.jspecify.annotations.NullMarked;
