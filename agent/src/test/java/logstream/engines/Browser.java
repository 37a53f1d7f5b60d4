package logstream.engines;

import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A headless Chromium, driven by Playwright. Wants {@code chromium-headless-shell} or {@code chromium} and {@code node} on
 * the path, and the package playwright-core of npm, of the same version as the library: the environment variable {@link
 * #PLAYWRIGHT_CORE} says in which folder it is.
 *
 * <p>Threading: confined to one thread, as Playwright is.
 */
public final class Browser implements AutoCloseable {
    public static final String PLAYWRIGHT_CORE = "PLAYWRIGHT_CORE";

    private static final List<String> PROGRAMS = List.of("chromium-headless-shell", "chromium");

    private final Playwright playwright;
    private final com.microsoft.playwright.Browser browser;
    private final Path driver;

    private Browser(Playwright playwright, com.microsoft.playwright.Browser browser, Path driver) {
        this.playwright = playwright;
        this.browser = browser;
        this.driver = driver;
    }

    public static boolean isAvailable() {
        return core().isPresent()
                && PROGRAMS.stream().anyMatch(name -> onPath(name).isPresent())
                && onPath("node").isPresent();
    }

    public static Browser start() {
        Path node = onPath("node").orElseThrow();
        Path program = PROGRAMS.stream()
                .flatMap(name -> onPath(name).stream())
                .findFirst()
                .orElseThrow();
        try {
            // The library looks for the package under this name.
            Path driver = Files.createTempDirectory("logstream-playwright");
            Files.createSymbolicLink(driver.resolve("package"), core().orElseThrow());
            System.setProperty("playwright.cli.dir", driver.toString());
            Playwright playwright = Playwright.create(new Playwright.CreateOptions()
                    .setEnv(Map.of(
                            "PLAYWRIGHT_NODEJS_PATH", node.toString(), "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
            com.microsoft.playwright.Browser browser = playwright
                    .chromium()
                    .launch(new BrowserType.LaunchOptions()
                            .setExecutablePath(program)
                            // Tests run as root.
                            .setArgs(List.of("--no-sandbox")));
            return new Browser(playwright, browser, driver);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The browser itself. */
    public com.microsoft.playwright.Browser chromium() {
        return browser;
    }

    private static Optional<Path> core() {
        return Optional.ofNullable(System.getenv(PLAYWRIGHT_CORE))
                .filter(text -> !text.isBlank())
                .map(Path::of)
                .filter(folder -> Files.isReadable(folder.resolve("cli.js")));
    }

    private static Optional<Path> onPath(String name) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
        try {
            Files.delete(driver.resolve("package"));
            Files.delete(driver);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
