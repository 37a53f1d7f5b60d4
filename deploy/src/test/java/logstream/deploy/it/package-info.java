/** Tests of the built program, in processes of its own. */
@NullMarked
package logstream.deploy.it;

import org.jspecify.annotations.NullMarked;
