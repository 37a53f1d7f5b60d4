/** AWS as far as the tool calls it, in this process: it does what a test's script says, and keeps what it was asked. */
@NullMarked
package logstream.deploy.fake;

import org.jspecify.annotations.NullMarked;
