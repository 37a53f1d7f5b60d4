/** Puts records into a stream and tells exactly what happened. The only package that imports the AWS SDK. */
@NullMarked
package logstream.kinesis;

import org.jspecify.annotations.NullMarked;
