/** What integration tests need outside of this process: the built program, and moto's server. */
@NullMarked
package logstream.deploy.engines;

import org.jspecify.annotations.NullMarked;
