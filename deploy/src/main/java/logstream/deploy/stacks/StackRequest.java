package logstream.deploy.stacks;

import java.util.Map;
import java.util.Set;
import logstream.deploy.templates.StackTemplate;

/**
 * What a stack is to become.
 *
 * @param stack its name, or its id
 * @param given values of parameters
 * @param unchanged parameters that keep the value they have; the rest take the template's default
 * @param tags of the stack, beside the one that says its template; those that are not among them are taken away
 */
public record StackRequest(
        String stack,
        StackTemplate template,
        Map<String, String> given,
        Set<String> unchanged,
        Map<String, String> tags) {}
