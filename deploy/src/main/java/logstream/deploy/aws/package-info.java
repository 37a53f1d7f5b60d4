/** Calls to AWS; the only package that imports its SDK. */
@NullMarked
package logstream.deploy.aws;

import org.jspecify.annotations.NullMarked;
