/** What stacks are, how they change, and how one follows it. Knows nothing of the AWS SDK, of options and of terminals. */
@NullMarked
package logstream.deploy.stacks;

import org.jspecify.annotations.NullMarked;
