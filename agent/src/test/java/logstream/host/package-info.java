/** What puts the agent on a host: units, manifests and packages, as their own tools judge them. */
@NullMarked
package logstream.host;

import org.jspecify.annotations.NullMarked;
