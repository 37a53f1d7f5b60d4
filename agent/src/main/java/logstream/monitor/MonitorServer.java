package logstream.monitor;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import logstream.forward.HostName;
import logstream.forward.TlsContext;
import logstream.forward.TlsFilesException;
import logstream.monitor.Gatekeeper.Refusal;
import logstream.monitor.Routes.Right;
import logstream.monitor.Routes.Route;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The monitor's port: health, counters, status page, live tail, effective configuration. {@link Routes} has what is
 * answered, {@link Gatekeeper} to whom.
 *
 * <p>Invariant: threads and connections are bounded. Requests are answered on platform threads, not on the few carriers that
 * connections of senders are read on, so that a viewer never slows shipping.
 *
 * <p>Threading: opened, served and closed by one thread; each request on a thread of its own.
 */
public final class MonitorServer implements AutoCloseable {
    /** Requests that wait while others are answered; more are refused by the system. */
    private static final int BACKLOG = 32;

    /** Open pages, viewers, and as many again. A connection that finds none is closed. */
    private static final int MOST_THREADS = 32;

    private static final int IDLE_SECONDS = 30;

    private static final Logger LOG = LoggerFactory.getLogger(MonitorServer.class);

    private final MonitorConfig config;
    private final HttpServer server;
    private final ThreadPoolExecutor requests;
    private final ScheduledExecutorService ticks;
    private final LongSupplier nanoTime = System::nanoTime;
    private final StalledAnswers stalled = new StalledAnswers(nanoTime);
    private final RecentProblems problems = new RecentProblems();

    private MonitorServer(MonitorConfig config, HttpServer server) {
        this.config = config;
        this.server = server;
        ThreadFactory threads =
                Thread.ofPlatform().name("monitor-", 1).daemon(true).factory();
        this.requests = new ThreadPoolExecutor(
                0, MOST_THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), threads);
        this.ticks = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("monitor-ticks").daemon(true).factory());
    }

    /**
     * Takes the port. Who connects waits until {@link #serve}.
     *
     * @throws java.net.BindException when address or port cannot be had
     * @throws TlsFilesException when certificate or key are of no use
     */
    public static MonitorServer open(MonitorConfig config) throws IOException, TlsFilesException {
        InetSocketAddress address = new InetSocketAddress(config.bind(), config.port());
        if (config.tls().isEmpty()) {
            return new MonitorServer(config, HttpServer.create(address, BACKLOG));
        }
        HttpsConfigurator configurator =
                new HttpsConfigurator(TlsContext.of(config.tls().get(), System::nanoTime));
        HttpsServer server = HttpsServer.create(address, BACKLOG);
        server.setHttpsConfigurator(configurator);
        return new MonitorServer(config, server);
    }

    /** Begins to answer, and to look at the agent every few seconds. */
    public void serve(Observed observed) {
        problems.start();
        Observer observer = new Observer(observed, problems, InstantSource.system(), nanoTime);
        StatusEvents events = new StatusEvents(observer);
        Gatekeeper gatekeeper = new Gatekeeper(config, HostName.ofThisHost());
        Routes routes =
                new Routes(observed, observer, events, new TailAnswer(observed.liveTail(), nanoTime), gatekeeper);
        long interval = History.INTERVAL.toMillis();
        var _ = ticks.scheduleAtFixedRate(() -> tick(observer, events), 0, interval, TimeUnit.MILLISECONDS);
        server.setExecutor(requests);
        server.createContext("/", exchange -> handle(exchange, routes, gatekeeper));
        server.start();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** Where it answers, for people. */
    public String scheme() {
        return config.tls().isPresent() ? "https" : "http";
    }

    @Override
    public void close() {
        problems.close();
        ticks.shutdownNow();
        requests.shutdownNow();
        server.stop(0);
    }

    private void tick(Observer observer, StatusEvents events) {
        try {
            observer.look();
            events.renew();
            stalled.endThem();
        } catch (RuntimeException e) {
            LOG.error("A bug in the monitor: it goes on with the next look. Report this with the trace.", e);
        }
    }

    private void handle(HttpExchange exchange, Routes routes, Gatekeeper gatekeeper) throws IOException {
        try (exchange) {
            answer(new Request(exchange, stalled), routes, gatekeeper);
        } catch (IllegalArgumentException e) {
            LOG.debug("A request that cannot be read: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("A bug in the monitor: a request was not answered. Report this with the trace.", e);
        }
    }

    private static void answer(Request request, Routes routes, Gatekeeper gatekeeper) throws IOException {
        Optional<Refusal> stranger = gatekeeper.host(request.header("Host"));
        if (stranger.isPresent()) {
            request.say(stranger.get().status(), stranger.get().why());
            return;
        }
        Optional<Route> route = routes.at(request.path());
        if (route.isEmpty()) {
            request.say(404, "not here; see / for people, /api/health, /metrics, and the documentation for the rest");
            return;
        }
        String wanted = route.get().method();
        boolean head = wanted.equals("GET") && request.method().equals("HEAD");
        if (!head && !request.method().equals(wanted)) {
            request.answerHeader("Allow", wanted);
            request.say(405, "only " + wanted);
            return;
        }
        if (route.get().right() == Right.TRUSTED) {
            Optional<Refusal> refusal = gatekeeper.trusted(
                    request.header("Authorization"), request.header("Origin"), request.header("Host"));
            if (refusal.isPresent()) {
                request.answerHeader("WWW-Authenticate", "Bearer");
                request.say(refusal.get().status(), refusal.get().why());
                return;
            }
        }
        route.get().handler().answer(request);
    }
}
