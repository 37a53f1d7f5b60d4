/** The program `logstream`: arguments to command to exit code. */
@NullMarked
package logstream.cli;

import org.jspecify.annotations.NullMarked;
