package logstream.pipeline;

class FlowControlTest {}
