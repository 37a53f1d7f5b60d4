/** The built program and real engines, looked at from outside: TCP in, the stream out, metrics, signals and files. */
@NullMarked
package logstream.it;

import org.jspecify.annotations.NullMarked;
