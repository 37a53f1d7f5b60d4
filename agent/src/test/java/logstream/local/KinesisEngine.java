package logstream.local;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import logstream.engines.Engines;
import logstream.engines.KinesisLocal;
import logstream.engines.MotoServer;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;

/** The engines that the contract is held against: ours in both encodings, and those that others wrote. */
enum KinesisEngine {
    LOCAL_CBOR(true),
    LOCAL_JSON(false),
    MOTO(false),
    KINESIS_MOCK(true),
    LOCALSTACK(true);

    /** An engine that runs until it is closed. */
    record Running(URI endpoint, Runnable stop) implements AutoCloseable {
        @Override
        public void close() {
            stop.run();
        }
    }

    private final boolean cbor;

    KinesisEngine(boolean cbor) {
        this.cbor = cbor;
    }

    /** Whether its clients speak CBOR; JSON if not. */
    boolean cbor() {
        return cbor;
    }

    /** Starts it, or ends the calling test by {@link Engines#require} if this machine does not have it. */
    Running start() {
        return switch (this) {
            case LOCAL_CBOR, LOCAL_JSON -> startLocal();
            case MOTO -> startMoto();
            case KINESIS_MOCK -> startKinesisMock();
            case LOCALSTACK -> startLocalStack();
        };
    }

    private static Running startLocal() {
        try {
            LocalKinesis local = LocalKinesis.start(0);
            return new Running(local.endpoint(), local::close);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Running startMoto() {
        Engines.require(MotoServer.isAvailable(), "moto_server");
        MotoServer moto = MotoServer.start();
        return new Running(moto.endpoint(), moto::close);
    }

    private static Running startKinesisMock() {
        Engines.require(KinesisLocal.isAvailable(), "kinesis-local (" + KinesisLocal.MAIN + ")");
        KinesisLocal mock = KinesisLocal.start();
        return new Running(mock.endpoint(), mock::close);
    }

    /**
     * Skipped without its image even where engines are required: a machine without a registry cannot get it, and a pull
     * that fails takes minutes.
     */
    private static Running startLocalStack() {
        Optional<String> image = localStackImage();
        assumeTrue(
                image.isPresent(), "localstack is missing: no Docker engine here has an image localstack/localstack");
        LocalStackContainer container =
                new LocalStackContainer(DockerImageName.parse(image.orElseThrow())).withServices("kinesis");
        container.start();
        return new Running(container.getEndpoint(), container::close);
    }

    private static Optional<String> localStackImage() {
        List<String> command =
                List.of("docker", "images", "--format", "{{.Repository}}:{{.Tag}}", "localstack/localstack");
        try {
            Process docker =
                    new ProcessBuilder(command).redirectError(Redirect.DISCARD).start();
            List<String> images;
            try (BufferedReader output = docker.inputReader()) {
                images = output.lines().toList();
            }
            return docker.waitFor() == 0 ? images.stream().findFirst() : Optional.empty();
        } catch (IOException _) {
            return Optional.empty();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while asking for Docker's images", e);
        }
    }
}
