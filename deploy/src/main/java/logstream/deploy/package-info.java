/** The program `logstream-deploy`: arguments to command to exit code. */
@NullMarked
package logstream.deploy;

import org.jspecify.annotations.NullMarked;
