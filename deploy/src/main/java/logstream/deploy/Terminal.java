package logstream.deploy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import logstream.deploy.stacks.Pauses;

/**
 * The user at the other side: pauses that Ctrl-C ends, and questions. The first Ctrl-C asks for an orderly end, with a
 * word about what goes on without us; the second ends the process at once.
 *
 * <p>{@code sun.misc.Signal} is the supported way to have signals oneself (module jdk.unsupported), but the compiler warns
 * of it whatever one does; hence the reflection.
 *
 * <p>Threading: {@link #pause} and {@link #ask} are for one thread; signals arrive on threads of the JVM's own.
 */
final class Terminal implements Pauses, Answers {
    private final CountDownLatch left = new CountDownLatch(1);

    private Terminal() {}

    /** From now on signals are ours. */
    static Terminal take() {
        Terminal terminal = new Terminal();
        for (String name : new String[] {"INT", "TERM", "HUP"}) {
            terminal.take(name);
        }
        return terminal;
    }

    @Override
    public boolean pause(Duration time) {
        try {
            return !left.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException nobodyInterruptsTheMainThread) {
            return false;
        }
    }

    @Override
    public Optional<String> ask(String question) {
        System.err.print(question);
        System.err.flush();
        // A read cannot be interrupted: it waits on a thread of its own, which ends with the process.
        CompletableFuture<Optional<String>> answer = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("answer").start(() -> answer.complete(readLine()));
        Thread.ofPlatform().daemon().name("ctrl-c").start(() -> {
            try {
                left.await();
                System.err.println();
                answer.complete(Optional.empty());
            } catch (InterruptedException nobodyInterruptsThisThread) {
                answer.complete(Optional.empty());
            }
        });
        return answer.join();
    }

    private static Optional<String> readLine() {
        try {
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            return Optional.ofNullable(in.readLine()).map(String::strip);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void take(String name) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object ours = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        arrived();
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
        if (left.getCount() == 0) {
            Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
        }
        left.countDown();
    }
}
