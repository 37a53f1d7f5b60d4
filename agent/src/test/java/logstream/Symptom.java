package logstream;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The row of the README's table of symptoms that a test reproduces: its first column. */
@Retention(RetentionPolicy.SOURCE)
@Target(ElementType.METHOD)
public @interface Symptom {
    String value();
}
