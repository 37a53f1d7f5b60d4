/** From a YAML file to validated values: all errors at once, each with its line. */
@NullMarked
package logstream.config;

import org.jspecify.annotations.NullMarked;
