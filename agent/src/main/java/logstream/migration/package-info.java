/** Takes over what the fluentd that Logstream replaces left behind. */
@NullMarked
package logstream.migration;

import org.jspecify.annotations.NullMarked;
