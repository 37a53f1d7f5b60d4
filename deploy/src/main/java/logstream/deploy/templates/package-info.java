/** The CloudFormation templates that the jar carries, and what they say of themselves. */
@NullMarked
package logstream.deploy.templates;

import org.jspecify.annotations.NullMarked;
