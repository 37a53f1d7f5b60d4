package logstream.cli;

/** Stub. */
public final class Logstream {
    private Logstream() {}

    public static void main(String[] arguments) {}
}
