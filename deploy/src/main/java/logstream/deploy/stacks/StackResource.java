package logstream.deploy.stacks;

/**
 * A resource of a stack.
 *
 * @param physicalId what AWS calls it: a name, an ARN; empty text while it is not there
 * @param state its status, or how it drifted
 */
public record StackResource(String logicalId, String physicalId, String type, String state) {}
