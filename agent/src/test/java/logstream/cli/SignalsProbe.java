package logstream.cli;

import java.util.concurrent.CountDownLatch;

/** A program that ends in order when told so, or, with the argument {@code hang}, never gets to it. */
final class SignalsProbe {
    private SignalsProbe() {}

    public static void main(String[] arguments) throws InterruptedException {
        Signals signals = Signals.take();
        System.out.println("ready");
        signals.await();
        System.out.println("ending");
        if (arguments.length > 0) {
            new CountDownLatch(1).await();
        }
        System.exit(ExitCode.OK);
    }
}
