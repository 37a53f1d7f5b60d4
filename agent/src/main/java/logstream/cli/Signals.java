package logstream.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * Waits for SIGTERM, SIGINT (Ctrl-C) or SIGHUP. The first asks for an orderly end; the second ends the process at once.
 * Where SIGHUP has another meaning, it ends nothing.
 *
 * <p>Java's own way, a shutdown hook, would end with exit code 143 or 130 although all went well, and would swallow the
 * second Ctrl-C. {@code sun.misc.Signal} is the supported way to have signals oneself (module jdk.unsupported), but the
 * compiler warns of it whatever one does; hence the reflection.
 *
 * <p>Threading: {@link #await} is for one thread; signals arrive on threads of the JVM's own.
 */
final class Signals {
    private final CountDownLatch first = new CountDownLatch(1);
    private Optional<Runnable> onHangup = Optional.empty();
    private boolean hangupWaits;

    private Signals() {}

    /** From now on signals are ours. */
    static Signals take() {
        Signals signals = new Signals();
        for (String name : new String[] {"TERM", "INT", "HUP"}) {
            signals.take(name, signals::arrived);
        }
        return signals;
    }

    /** As {@link #take()}, but SIGHUP is for what {@link #onHangup} says, and waits until that is said. */
    static Signals takeWithHangup() {
        Signals signals = new Signals();
        signals.take("TERM", signals::arrived);
        signals.take("INT", signals::arrived);
        signals.take("HUP", signals::hungUp);
        return signals;
    }

    /** Called at each SIGHUP, and now if one has come before; must not block. */
    synchronized void onHangup(Runnable listener) {
        onHangup = Optional.of(listener);
        if (hangupWaits) {
            hangupWaits = false;
            listener.run();
        }
    }

    private synchronized void hungUp() {
        onHangup.ifPresentOrElse(Runnable::run, () -> hangupWaits = true);
    }

    /** Returns after the first signal. */
    void await() {
        while (true) {
            try {
                first.await();
                return;
            } catch (InterruptedException nobodyInterruptsTheMainThread) {
                // Waiting goes on: only a signal ends the program.
            }
        }
    }

    /** As if the first signal had come. */
    void raise() {
        first.countDown();
    }

    private void take(String name, Runnable handling) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object ours = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        handling.run();
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), ours);
        } catch (InvocationTargetException refused) {
            // The JVM keeps this signal for itself (-Xrs), or the system has none of this name: its default stays.
        } catch (ReflectiveOperationException noSuchModule) {
            throw new IllegalStateException("this Java has no module jdk.unsupported", noSuchModule);
        }
    }

    private void arrived() {
        if (first.getCount() == 0) {
            Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
        }
        first.countDown();
    }
}
