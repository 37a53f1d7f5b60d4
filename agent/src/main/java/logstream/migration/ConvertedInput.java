package logstream.migration;

import static java.util.Map.entry;
import static logstream.migration.ParameterRules.count;
import static logstream.migration.ParameterRules.differs;
import static logstream.migration.ParameterRules.fine;
import static logstream.migration.ParameterRules.flag;
import static logstream.migration.ParameterRules.lost;
import static logstream.migration.ParameterRules.size;
import static logstream.migration.ParameterRules.to;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import logstream.migration.FluentdElement.Parameter;
import logstream.migration.ParameterRules.Rule;

/**
 * What becomes of {@code <source>} sections: where the agent listens, who may send, and where it is monitored.
 *
 * <p>Threading: confined to one thread.
 */
final class ConvertedInput {
    private static final String ENCRYPTED_KEY = "An encrypted private key cannot be read here.";

    private static final ParameterRules FORWARD = new ParameterRules(Map.ofEntries(
            // These two are taken together, below.
            entry("port", fine()),
            entry("bind", fine()),
            entry("source_address_key", to("record.source_address_key")),
            entry("chunk_size_limit", size("forward.max_message_size", 1 << 20, 1L << 30)),
            entry("chunk_size_warn_limit", differs("There is only the limit, forward.max_message_size.")),
            entry("skip_invalid_event", differs("Invalid events are always dropped and counted.")),
            entry("linger_timeout", differs("Connections are closed in order.")),
            entry("backlog", differs("The system's own backlog is used.")),
            entry("send_keepalive_packet", differs("Connections stay open while both ends live.")),
            entry("blocking_timeout", differs("forward.message_timeout says how long a sender may stop.")),
            entry("resolve_hostname", differs("No host names are looked up.")),
            entry(
                    "source_hostname_key",
                    lost("No host names are looked up.", "record.source_address_key gives the address.")),
            entry("tag", lost("Tags stay as the sender gives them.", "Set it at the sender.")),
            entry("add_tag_prefix", lost("Tags stay as the sender gives them.", "Set it at the sender.")),
            entry(
                    "deny_keepalive",
                    flag(
                            false,
                            lost(
                                    "Connections stay open.",
                                    "Docker's driver needs them to; nothing else is possible.")))));

    private static final ParameterRules TLS = new ParameterRules(Map.of(
            "cert_path", to("forward.tls.certificate"),
            "private_key_path", to("forward.tls.key"),
            "ca_path", fine(),
            "client_cert_auth", fine(),
            "private_key_passphrase", lost(ENCRYPTED_KEY, "Decrypt it: openssl pkey -in KEY -out NEW_KEY."),
            "version", differs("forward.tls.min_version is the oldest version that is spoken."),
            "min_version", tlsVersion(),
            "max_version", differs("The newest version that both know is spoken."),
            "ciphers", differs("Those that Java holds safe are used."),
            "insecure", lost("There is no TLS without a certificate.", "Use tcp:// in forward.listen instead.")));

    private static final ParameterRules SECURITY = new ParameterRules(Map.of(
            "self_hostname", to("forward.security.self_hostname"),
            "shared_key", secret(),
            "user_auth", fine(),
            "allow_anonymous_source", fine()));

    private static final ParameterRules MONITOR = new ParameterRules(Map.of(
            "port", count("monitor.port", 0, 65_535),
            "bind", to("monitor.bind"),
            "tag", lost("The counters are not sent as events.", "Collect /metrics instead."),
            "emit_interval", differs("The counters are not sent as events."),
            "include_config", differs("The configuration is not shown there."),
            "include_retry", differs("Retries are among the metrics.")));

    private final ConvertedSettings out;
    private final List<String> listen = new ArrayList<>();
    private Optional<Parameter> firstListen = Optional.empty();

    ConvertedInput(ConvertedSettings out) {
        this.out = out;
    }

    void take(FluentdElement source) {
        switch (source.type()) {
            case "forward" -> forward(source);
            case "unix" -> unix(source);
            case "monitor_agent" -> {
                MONITOR.apply(source, out);
                children(source, List.of());
            }
            case "debug_agent", "dummy", "sample" ->
                out.note(source.line(), "<source> " + source.type(), "It is for trying out fluentd.", "");
            default ->
                out.note(
                        source.line(),
                        "<source> " + source.type(),
                        "Logstream takes the Forward protocol only.",
                        "Have what sent to it use Docker's fluentd driver or a fluent logger, or let a fluentd in between forward it.");
        }
    }

    /** All addresses are one setting. */
    void finish() {
        firstListen.ifPresent(first -> out.set(
                "forward.listen",
                listen.size() == 1 ? listen.getFirst() : "[" + String.join(", ", listen) + "]",
                first));
    }

    private void forward(FluentdElement source) {
        Optional<FluentdElement> transport = child(source, "transport");
        boolean tls = transport.filter(one -> one.argument().equals("tls")).isPresent();
        String bind = value(source, "bind").orElse("0.0.0.0");
        String port = value(source, "port").orElse("24224");
        String host = bind.contains(":") ? "[" + bind + "]" : bind;
        listen((tls ? "tls://" : "tcp://") + host + ":" + port, source);
        if (bind.equals("0.0.0.0") || bind.equals("::")) {
            out.note(
                    source.line(),
                    "<source> forward, on all addresses",
                    "Everybody who reaches the port can write into the stream, as with fluentd.",
                    "");
        }
        FORWARD.apply(source, out);
        transport.filter(_ -> tls).ifPresent(this::tls);
        child(source, "security").ifPresent(this::security);
        children(source, List.of("transport", "security"));
    }

    /** fluentd asks for certificates only with client_cert_auth, we do as soon as there is something to check them by. */
    private void tls(FluentdElement transport) {
        TLS.apply(transport, out);
        boolean asked = parameter(transport, "client_cert_auth")
                .filter(ParameterRules::isTrue)
                .isPresent();
        parameter(transport, "ca_path").ifPresent(ca -> {
            if (asked) {
                out.text("forward.tls.client_ca", ca);
            } else {
                out.note(ca, "Without client_cert_auth no sender needs a certificate.", "");
            }
        });
    }

    private void unix(FluentdElement source) {
        listen("unix://" + value(source, "path").orElse("/var/run/fluent/fluent.sock"), source);
        new ParameterRules(Map.of("path", fine(), "backlog", fine())).apply(source, out);
        children(source, List.of());
    }

    private void security(FluentdElement security) {
        SECURITY.apply(security, out);
        List<String> users = new ArrayList<>();
        List<String> networks = new ArrayList<>();
        for (FluentdElement one : security.elements()) {
            if (one.name().equals("user")) {
                users.add(ConvertedSettings.quoted(translated(one, "username").orElse("") + ":"
                        + translated(one, "password").orElse("")));
            } else if (one.name().equals("client")) {
                client(one).ifPresent(networks::add);
            } else {
                unknown(one);
            }
        }
        Parameter here = new Parameter("security", Optional.empty(), security.line());
        boolean asked = security.parameters().stream()
                .anyMatch(one -> one.name().equals("user_auth") && ParameterRules.isTrue(one));
        if (!users.isEmpty() && asked) {
            out.set("forward.security.users", "[" + String.join(", ", users) + "]", here);
        } else if (!users.isEmpty()) {
            out.note(here, "Without user_auth fluentd asks for no user.", "");
        }
        boolean closed = security.parameters().stream()
                .anyMatch(one -> one.name().equals("allow_anonymous_source") && !ParameterRules.isTrue(one));
        if (!networks.isEmpty() && !closed) {
            networks.add("{network: 0.0.0.0/0}");
            networks.add("{network: '::/0'}");
        }
        if (!networks.isEmpty()) {
            out.set("forward.security.networks", "[" + String.join(", ", networks) + "]", here);
        }
    }

    private Optional<String> client(FluentdElement client) {
        Optional<String> network = translated(client, "network");
        if (network.isEmpty()) {
            out.note(
                    client.line(),
                    "<client> "
                            + value(client, "host").map(host -> "host " + host).orElse(""),
                    "Senders are told by address, not by host name.",
                    "Add the host's address to forward.security.networks.");
            return Optional.empty();
        }
        String key = translated(client, "shared_key")
                .map(own -> ", shared_key: " + ConvertedSettings.quoted(own))
                .orElse("");
        String users = value(client, "users")
                .map(names -> ", users: [" + names.replaceAll("[\\[\\]\"]", "") + "]")
                .orElse("");
        return Optional.of("{network: " + ConvertedSettings.quoted(network.get()) + key + users + "}");
    }

    private void listen(String url, FluentdElement source) {
        Parameter place = new Parameter("source", Optional.of(source.type()), source.line());
        out.translated(new Parameter("listen", Optional.of(url), source.line())).ifPresent(text -> {
            listen.add(ConvertedSettings.quoted(text));
            firstListen = firstListen.or(() -> Optional.of(place));
        });
    }

    private void children(FluentdElement element, List<String> known) {
        element.elements().stream().filter(one -> !known.contains(one.name())).forEach(this::unknown);
    }

    private void unknown(FluentdElement element) {
        out.note(
                element.line(),
                "<" + element.name() + ">",
                "There is nothing like it here.",
                "Look whether it is needed: events are taken as Docker's driver and fluent loggers send them.");
    }

    private static Optional<FluentdElement> child(FluentdElement element, String name) {
        return element.elements().stream()
                .filter(one -> one.name().equals(name))
                .findFirst();
    }

    private static Optional<Parameter> parameter(FluentdElement element, String name) {
        return element.parameters().stream()
                .filter(one -> one.name().equals(name))
                .findFirst();
    }

    private static Optional<String> value(FluentdElement element, String name) {
        return parameter(element, name).flatMap(Parameter::value);
    }

    private Optional<String> translated(FluentdElement element, String name) {
        return parameter(element, name).filter(one -> one.value().isPresent()).flatMap(out::translated);
    }

    private static Rule secret() {
        return (parameter, out) -> {
            out.text("forward.security.shared_key", parameter);
            out.note(
                    parameter,
                    "The key stands in the new file as it stood in the old one; it may be in a file of its own"
                            + " instead: file:/run/secrets/NAME.",
                    "");
        };
    }

    private static Rule tlsVersion() {
        return (parameter, out) -> {
            if (parameter.text().endsWith("1_3")) {
                out.set("forward.tls.min_version", "1.3", parameter);
            } else if (!parameter.text().endsWith("1_2")) {
                out.note(parameter, "TLS before 1.2 is not spoken.", "Update senders that know nothing newer.");
            }
        };
    }
}
