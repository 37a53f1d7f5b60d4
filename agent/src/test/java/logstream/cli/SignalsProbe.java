package logstream.cli;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/**
 * A program that ends in order when told so, or, with the argument {@code hang}, never gets to it. With {@code hangup} it
 * says so for each SIGHUP, once it reads a line.
 */
final class SignalsProbe {
    private SignalsProbe() {}

    public static void main(String[] arguments) throws InterruptedException, IOException {
        boolean hangup = arguments.length > 0 && arguments[0].equals("hangup");
        Signals signals = hangup ? Signals.takeWithHangup() : Signals.take();
        System.out.println("ready");
        if (hangup) {
            int _ = System.in.read();
            signals.onHangup(() -> System.out.println("hung up"));
            System.out.println("listening");
        }
        signals.await();
        System.out.println("ending");
        if (arguments.length > 0 && !hangup) {
            new CountDownLatch(1).await();
        }
        System.exit(ExitCode.OK);
    }
}
