package logstream.kinesis;

/** Stub. */
public sealed interface StreamState {
    record Ready(String name) implements StreamState {}

    record NotReady(String reason, String advice) implements StreamState {}
}
