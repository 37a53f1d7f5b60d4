package logstream.monitor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import logstream.metrics.MetricsPage;

/**
 * What is answered under which path, and to whom.
 *
 * <p>Threading: any thread.
 */
final class Routes {
    /** Who may ask. */
    enum Right {
        EVERYBODY,
        TRUSTED
    }

    /** Answers a request. */
    @FunctionalInterface
    interface Handler {
        void answer(Request request) throws IOException;
    }

    /** Under a path. */
    record Route(String method, Right right, Handler handler) {}

    private final Map<String, Route> routes = new LinkedHashMap<>();
    private final Observed observed;
    private final Observer observer;
    private final Gatekeeper gatekeeper;
    private final FluentdApi fluentd;
    private final MetricsPage metrics;

    Routes(Observed observed, Observer observer, StatusEvents events, TailAnswer tail, Gatekeeper gatekeeper) {
        this.observed = observed;
        this.observer = observer;
        this.gatekeeper = gatekeeper;
        this.fluentd = new FluentdApi(observed);
        this.metrics = new MetricsPage(observed.metrics());
        Page page = Page.load();
        get("/", page::answer);
        get("/healthz", request -> request.say(200, "ok"));
        get("/readyz", this::ready);
        get("/metrics", request -> request.answer(200, MetricsPage.CONTENT_TYPE, metrics.text()));
        get("/api/health", this::health);
        get("/api/status", request -> request.answer(200, Json.TYPE, Json.pretty(observer.status())));
        get("/api/history", request -> request.answer(200, Json.TYPE, events.history()));
        get("/api/events", events::answer);
        get("/api/access", request -> request.answer(200, Json.TYPE, access()));
        get("/api/plugins.json", request -> json(request, Map.of("plugins", fluentd.plugins(request::parameter))));
        get(
                "/api/plugins",
                request ->
                        request.answer(200, Request.TEXT, utf8(FluentdApi.ltsv(fluentd.plugins(request::parameter)))));
        get("/api/config.json", request -> json(request, fluentd.process()));
        get(
                "/api/config",
                request -> request.answer(200, Request.TEXT, utf8(FluentdApi.ltsv(List.of(fluentd.process())))));
        trusted("GET", "/api/config/effective", this::settings);
        trusted("POST", "/api/config/reload", this::reload);
        trusted("GET", "/api/tail", tail::answer);
    }

    /** What is under a path; empty when there is nothing. */
    Optional<Route> at(String path) {
        return Optional.ofNullable(routes.get(path));
    }

    private void get(String path, Handler handler) {
        routes.put(path, new Route("GET", Right.EVERYBODY, handler));
    }

    private void trusted(String method, String path, Handler handler) {
        routes.put(path, new Route(method, Right.TRUSTED, handler));
    }

    private void ready(Request request) throws IOException {
        if (observer.isReady()) {
            request.say(200, "ok");
        } else {
            request.say(503, "the agent takes no lines at present; /api/health says why");
        }
    }

    private void health(Request request) throws IOException {
        Health health = observer.health();
        SequencedMap<String, Object> answer = new LinkedHashMap<>();
        answer.put("status", health.isOk() ? "ok" : "failing");
        answer.put("last_success_seconds", health.lastSuccessSeconds());
        answer.put("checks", health.checks());
        request.answer(health.isOk() ? 200 : 503, Json.TYPE, Json.pretty(answer));
    }

    /** What the page must know to ask for the rest. */
    private byte[] access() {
        return Json.of(Map.of("trusted", gatekeeper.accessName()));
    }

    private void settings(Request request) throws IOException {
        SequencedMap<String, Object> answer = new LinkedHashMap<>();
        answer.put("file", observed.config().file());
        answer.put("settings", observed.config().settings());
        request.answer(200, Json.TYPE, Json.pretty(answer));
    }

    private void reload(Request request) throws IOException {
        LiveConfig.Result result = observed.config().reloadNow();
        request.answer(result.done() ? 200 : 409, Json.TYPE, Json.pretty(result));
    }

    private static void json(Request request, Object value) throws IOException {
        boolean debug = request.parameter("debug").isPresent();
        request.answer(200, Json.TYPE, debug ? Json.pretty(value) : Json.of(value));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
