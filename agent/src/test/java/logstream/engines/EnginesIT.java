package logstream.engines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import org.junit.jupiter.api.Test;

/** The engines start, are open, and are gone afterwards. */
class EnginesIT {
    @Test
    void motoServerIsOpenUntilClosed() {
        Engines.require(MotoServer.isAvailable(), "moto_server");
        URI endpoint;
        try (MotoServer moto = MotoServer.start()) {
            endpoint = moto.endpoint();
            assertThat(isOpen(endpoint)).isTrue();
        }
        assertThat(isOpen(endpoint)).isFalse();
    }

    @Test
    void kinesisLocalIsOpenUntilClosed() {
        Engines.require(KinesisLocal.isAvailable(), "kinesis-local (" + KinesisLocal.MAIN + ")");
        URI endpoint;
        try (KinesisLocal kinesis = KinesisLocal.start()) {
            endpoint = kinesis.endpoint();
            assertThat(isOpen(endpoint)).isTrue();
        }
        assertThat(isOpen(endpoint)).isFalse();
    }

    private static boolean isOpen(URI endpoint) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(endpoint.getHost(), endpoint.getPort()), 1_000);
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}
