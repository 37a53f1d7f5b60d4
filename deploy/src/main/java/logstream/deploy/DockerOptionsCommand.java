package logstream.deploy;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import logstream.deploy.docker.DockerVersion;
import logstream.deploy.docker.LogChoice;
import logstream.deploy.docker.LogFormat;
import logstream.deploy.docker.LogSettings;
import logstream.deploy.docker.LogWish;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Prints what a container is started with, for its lines to get to the agent. */
@Command(
        name = "docker-options",
        description = "Print the log settings that a container is started with: on standard output the settings, on"
                + " standard error what each is for.",
        footerHeading = "%nThe environment of grid-api counts, where no option says otherwise: AG_LOGSTREAM (0 turns it"
                + " off), AG_LOGSTREAM_DRIVER, AG_LOGSTREAM_DRIVER_OPTS, AG_LOGSTREAM_TAG_PREFIX.%n%nExamples:%n",
        footer = {
            "  For docker run, and for a compose file:",
            "    docker run $(logstream-deploy docker-options -q --manifest a/b/c --app a/b/c) busybox",
            "    logstream-deploy docker-options --manifest prod/www/shop --app prod/www/cart --format compose",
            "  An agent at another place, a newer engine:",
            "    logstream-deploy docker-options --manifest prod/www/shop --app prod/www/cart \\",
            "        --docker-version 28.2 --logstream-opts fluentd-address=unix:///run/logstream/forward.sock",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Printed; or Logstream is turned off",
            "2:Wrong options, or the engine does not know one of them"
        })
final class DockerOptionsCommand implements Callable<Integer> {
    private static final String GRID_NAME = "[\\w.-]{1,100}/[\\w.-]{1,100}/[\\w.-]{1,100}";

    @Option(
            names = "--manifest",
            paramLabel = "ENV/ROLE/NAME",
            required = true,
            description = "Manifest of the container.")
    private String manifest = "";

    @Option(
            names = "--app",
            paramLabel = "ENV/ROLE/NAME",
            required = true,
            description = "Application of the container.")
    private String app = "";

    @Option(
            names = {"--prefix", "--logstream-tag-prefix"},
            paramLabel = "PREFIX",
            description = "First part of the tag (default: grid).")
    private @Nullable String prefix;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "docker",
            converter = Format.class,
            description = "For docker run (docker, default), compose, ecs, kubernetes, daemon.json or nomad.")
    private LogFormat format = LogFormat.DOCKER;

    @Option(
            names = "--docker-version",
            paramLabel = "VERSION",
            defaultValue = "20.10",
            converter = Version.class,
            description =
                    "Oldest Docker engine that is to start the container (default: 20.10). One that does not know an"
                            + " option does not start the container.")
    private DockerVersion version = DockerVersion.OLDEST;

    @Option(
            names = "--wait",
            description = "Lines wait for the agent instead of being dropped; so does the container, from its start.")
    private boolean wait;

    @Option(names = "--logstream", description = "Even if AG_LOGSTREAM turns it off.")
    private boolean on;

    @Option(
            names = {"--logstream-driver", "--logsteram-driver"},
            paramLabel = "NAME",
            description = "Log driver (default: fluentd).")
    private @Nullable String driver;

    @Option(
            names = "--logstream-opts",
            paramLabel = "NAME=VALUE,...",
            description = "Options in place of ours, or beside them.")
    private @Nullable String options;

    @Option(
            names = {"-q", "--quiet"},
            description = "Settings only.")
    private boolean quiet;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final World world;

    DockerOptionsCommand(World world) {
        this.world = world;
    }

    @Override
    public Integer call() throws Failure {
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        requireGridName("--manifest", manifest);
        requireGridName("--app", app);
        if (isOff()) {
            explain(
                    err,
                    "AG_LOGSTREAM is " + world.environment().get("AG_LOGSTREAM") + ": Logstream is off, no settings");
            return ExitCode.OK;
        }
        String first = told(prefix, "AG_LOGSTREAM_TAG_PREFIX", "grid");
        if (!first.matches("[\\w.-]{1,100}")) {
            throw new Failure(ExitCode.USAGE, "the prefix '" + first + "' is not of letters, digits and _.-");
        }
        String wanted = told(driver, "AG_LOGSTREAM_DRIVER", LogChoice.FLUENTD);
        Map<String, String> given = parse(told(options, "AG_LOGSTREAM_DRIVER_OPTS", ""));
        LogSettings settings;
        try {
            String tag = first + "." + manifest + ":" + app;
            settings = LogChoice.settings(new LogWish(wanted, tag, given, wait, version));
        } catch (IllegalArgumentException refused) {
            throw new Failure(ExitCode.USAGE, String.valueOf(refused.getMessage()), refused);
        }
        out.print(format.write(settings));
        out.flush();
        explain(settings, err);
        return ExitCode.OK;
    }

    private void explain(LogSettings settings, PrintWriter err) {
        format.notes().forEach(note -> explain(err, note));
        if (format == LogFormat.KUBERNETES) {
            return;
        }
        explain(err, "For Docker " + version + " and later:");
        settings.options()
                .forEach(option ->
                        explain(err, "  " + option.name() + "=" + option.value() + "\n      " + option.why()));
    }

    private void explain(PrintWriter err, String sentence) {
        if (!quiet) {
            err.println(sentence);
            err.flush();
        }
    }

    private boolean isOff() {
        String told = world.environment().getOrDefault("AG_LOGSTREAM", "1").toLowerCase(Locale.ROOT);
        return !on && Set.of("", "0", "false", "no", "off").contains(told);
    }

    private String told(@Nullable String option, String variable, String fallback) {
        if (option != null) {
            return option;
        }
        String value = world.environment().getOrDefault(variable, "");
        return value.isEmpty() ? fallback : value;
    }

    private static void requireGridName(String option, String value) throws Failure {
        if (!value.matches(GRID_NAME)) {
            throw new Failure(
                    ExitCode.USAGE,
                    option + " '" + value + "' is no ENV/ROLE/NAME of letters, digits and _.-, such as prod/www/shop");
        }
    }

    private static Map<String, String> parse(String list) throws Failure {
        Map<String, String> given = new LinkedHashMap<>();
        for (String one : list.isEmpty() ? List.<String>of() : List.of(list.split(",", -1))) {
            int equals = one.indexOf('=');
            if (equals < 1) {
                throw new Failure(ExitCode.USAGE, "'" + one + "' in the driver's options is no NAME=VALUE");
            }
            given.put(
                    one.substring(0, equals).strip(), one.substring(equals + 1).strip());
        }
        return given;
    }

    private static final class Format implements ITypeConverter<LogFormat> {
        @Override
        public LogFormat convert(String text) {
            for (LogFormat one : LogFormat.values()) {
                if (one.word().equals(text)) {
                    return one;
                }
            }
            throw new TypeConversionException(
                    "'" + text + "' is none of docker, compose, ecs, kubernetes, daemon.json, nomad");
        }
    }

    private static final class Version implements ITypeConverter<DockerVersion> {
        @Override
        public DockerVersion convert(String text) {
            try {
                return DockerVersion.parse(text);
            } catch (IllegalArgumentException wrong) {
                throw new TypeConversionException("'" + text + "' " + wrong.getMessage());
            }
        }
    }
}
