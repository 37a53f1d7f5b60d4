package logstream.forward;

/** For readers outside of a connection: nothing happens between two turns. */
final class NoPauses implements WireReader.Pauses {
    @Override
    public void flush() {}

    @Override
    public boolean owesAcks() {
        return false;
    }

    @Override
    public void settle(int heldBytes, boolean large) {}

    @Override
    public boolean gather() {
        return false;
    }

    @Override
    public int waiting() {
        return 0;
    }

    @Override
    public void arrived(int bytes) {}

    @Override
    public void resumed() {}
}
