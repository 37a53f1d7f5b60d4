/** The settings by which a container's lines get to the agent: which there are, and how each tool wants them written. */
@NullMarked
package logstream.deploy.docker;

import org.jspecify.annotations.NullMarked;
