package logstream.forward;

import java.io.IOException;
import java.io.OutputStream;

/**
 * What is written to a transport, as a stream.
 *
 * <p>Threading: as the transport's own writing.
 */
final class TransportOutput extends OutputStream {
    private final Transport transport;

    TransportOutput(Transport transport) {
        this.transport = transport;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        transport.write(bytes, offset, length);
    }
}
