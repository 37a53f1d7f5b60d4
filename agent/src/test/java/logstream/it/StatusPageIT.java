package logstream.it;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser.NewPageOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import logstream.engines.AgentProcess;
import logstream.engines.Browser;
import logstream.engines.Engines;
import logstream.engines.Program;
import logstream.local.LocalKinesis;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The status page of the built program in a real browser. With the system property {@code screenshots} naming a folder, what
 * it looks like is kept there.
 */
class StatusPageIT {
    private static final double PATIENCE_MILLIS = 30_000;
    private static final String EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>";

    @RegisterExtension
    static final Program PROGRAM = new Program();

    private static Optional<Browser> browser = Optional.empty();

    @BeforeAll
    static void startTheBrowser() {
        Engines.require(Browser.isAvailable(), "headless Chromium with Playwright");
        browser = Optional.of(Browser.start());
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
    }

    @AfterAll
    static void endIt() {
        browser.ifPresent(Browser::close);
    }

    @Test
    void showsWhoSendsAndThatLinesFlow(@TempDir Path folder) throws Exception {
        withStream(folder, agent -> {
            try (ContainerConnection web = new ContainerConnection(agent.forwardPort(), "web-1", "grid.web");
                    ContainerConnection evil = new ContainerConnection(agent.forwardPort(), EVIL, "grid." + EVIL);
                    ContainerConnection other = new ContainerConnection(agent.forwardPort(), "other", "elsewhere")) {
                web.send("one", "two", "three");
                evil.send("one");
                other.send("lost");
                Opened page = open(agent, 1280, ColorScheme.LIGHT);
                assertThat(page.at("#flow")).hasClass("flows");
                assertThat(page.at("#tile-in .more")).containsText("5 so far");
                assertThat(page.at("#tile-out .more")).containsText("4 so far");
                assertThat(page.at("#tile-dropped .more")).hasText("unmatched tag 1");
                assertThat(page.at("#tile-dropped")).hasClass("tile bad");
                Locator row = page.row("web-1");
                assertThat(row.locator("td").nth(1)).hasText("grid.web");
                assertThat(row.locator("td").nth(5)).hasText("3");
                assertThat(page.row("other").locator("td").nth(7)).hasText("1");
                assertThat(page.row(EVIL).locator("td").nth(1)).hasText("grid." + EVIL);
                assertThat(page.at("#rows img, #rows script")).hasCount(0);
                assertThat(page.at("#checks li")).hasCount(6);
                assertThat(page.at("#chart-lines svg"))
                        .hasAttribute("aria-label", Pattern.compile("Lines a second.*peak.*"));
                page.shot("flows");
                page.close();
            }
        });
    }

    @Test
    void saysWhyNothingFlows(@TempDir Path folder) throws Exception {
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 1);
            AgentProcess agent = PROGRAM.runWith(folder, Yaml.of(folder, kinesis.endpoint()));
            Opened page = open(agent, 1280, ColorScheme.DARK);
            assertThat(page.at("#flow")).hasClass("quiet");
            assertThat(page.at("#why")).hasText("No sender is connected.");
            assertThat(page.at("#remedy")).containsText("tcp://127.0.0.1:" + agent.forwardPort());
            kinesis.down();
            try (ContainerConnection web = new ContainerConnection(agent.forwardPort(), "web-1", "grid.web")) {
                web.send("kept");
                assertThat(page.at("#flow")).hasClass("held_up");
                assertThat(page.at("#why")).containsText("The stream has accepted nothing for");
                assertThat(page.at("#tile-buffer .more")).containsText("1 line,");
                assertThat(page.at("#warnings li").first()).containsText("the stream accepts nothing");
                assertThat(page.at("#checks")).containsText("stream: The stream has accepted nothing");
                page.shot("held-up");
                kinesis.up();
                assertThat(page.at("#flow")).not().hasClass("held_up");
                assertThat(page.at("#tile-out .more")).containsText("1 so far");
            }
            agent.kill9();
            assertThat(page.at("#live")).containsText("does not answer");
            page.close();
        }
    }

    @Test
    void linesAreShownToWhoKnowsTheToken(@TempDir Path folder) throws Exception {
        withStream(folder, agent -> {
            try (ContainerConnection web = new ContainerConnection(agent.forwardPort(), EVIL, "grid.web")) {
                Opened page = open(agent, 1280, ColorScheme.LIGHT);
                assertThat(page.at("input[name=token]")).isVisible();
                page.at("#watch").click();
                assertThat(page.at("#tail-hint")).containsText("Authorization: Bearer TOKEN");
                page.at("input[name=token]").fill("the token");
                page.at("input[name=grep]").fill("wor.d|<b>");
                page.at("input[name=grep]").press("Enter");
                assertThat(page.at("#tail-hint")).hasText("Watching. Lines appear as they come.");
                awaitViewer(agent);
                web.send("not this", "hello world", "<b>bold</b><script>alert(3)</script>");
                assertThat(page.at("#lines > div")).hasCount(2);
                assertThat(page.at("#lines > div").first()).containsText(EVIL.substring(0, 40));
                assertThat(page.at("#lines > div").first()).containsText("| hello world");
                assertThat(page.at("#lines > div").last()).containsText("<b>bold</b><script>alert(3)</script>");
                assertThat(page.at("#lines b, #lines script, #lines img")).hasCount(0);
                page.shot("tail");
                page.at("#watch").click();
                assertThat(page.at("#tail-hint")).hasText("Stopped.");
                page.at("#show-config").click();
                assertThat(page.at("#config-hint")).not().isEmpty();
                page.close(1);
            }
        });
    }

    @Test
    void worksWithKeysAloneAndOnANarrowScreen(@TempDir Path folder) throws Exception {
        withStream(folder, agent -> {
            String longName = "a-name-as-long-as-kubernetes-makes-them-7f9c6d5b4-" + "x".repeat(80);
            try (ContainerConnection web = new ContainerConnection(agent.forwardPort(), "web-1", "grid.a");
                    ContainerConnection other = new ContainerConnection(agent.forwardPort(), longName, "grid.b")) {
                web.send("one");
                other.send("one", "two");
                Opened wide = open(agent, 1280, ColorScheme.LIGHT);
                assertThat(wide.at("#rows tr")).hasCount(2);
                wide.page.keyboard().press("Tab");
                assertThat(wide.at(".skip")).isFocused();
                wide.page.keyboard().press("Enter");
                wide.page.keyboard().press("Tab");
                assertThat(wide.at("#filter")).isFocused();
                wide.page.keyboard().type("web");
                assertThat(wide.at("#rows tr")).hasCount(1);
                wide.at("#filter").fill("");
                wide.at("button[data-sort=name]").focus();
                wide.page.keyboard().press("Enter");
                assertThat(wide.at("#containers th").first()).hasAttribute("aria-sort", "ascending");
                assertThat(wide.at("#rows tr td").first()).hasText(longName);
                wide.page.keyboard().press("Enter");
                assertThat(wide.at("#rows tr td").first()).hasText("web-1");
                wide.close();

                Opened narrow = open(agent, 360, ColorScheme.DARK);
                assertThat(narrow.at("#rows tr")).hasCount(2);
                assertThat(narrow.page.evaluate("document.documentElement.scrollWidth"))
                        .isEqualTo(360);
                assertThat(narrow.at("#watch")).isVisible();
                narrow.shot("narrow");
                narrow.close();
            }
        });
    }

    @Test
    void lightAndDarkFollowTheSystem(@TempDir Path folder) throws Exception {
        withStream(folder, agent -> {
            Opened light = open(agent, 800, ColorScheme.LIGHT);
            Opened dark = open(agent, 800, ColorScheme.DARK);
            String ground = "getComputedStyle(document.body).backgroundColor";
            assertThat(light.page.evaluate(ground)).isEqualTo("rgb(245, 246, 248)");
            assertThat(dark.page.evaluate(ground)).isEqualTo("rgb(18, 22, 27)");
            light.close();
            dark.close();
        });
    }

    /** What a test does with an agent. */
    private interface Use {
        void with(AgentProcess agent) throws Exception;
    }

    private static void withStream(Path folder, Use use) throws Exception {
        try (LocalKinesis kinesis = LocalKinesis.start(0)) {
            kinesis.createStream(Yaml.STREAM, 1);
            String yaml = Yaml.of(folder, kinesis.endpoint()) + "  token: the token\n";
            use.with(PROGRAM.runWith(folder, yaml));
        }
    }

    private static void awaitViewer(AgentProcess agent) {
        Awaitility.await().until(() -> agent.monitorPage("/api/status").contains("\"viewers\" : 1"));
    }

    /** A page, and what its console said. */
    private record Opened(Page page, List<String> console) {
        Locator at(String selector) {
            return page.locator(selector);
        }

        Locator row(String container) {
            return page.locator("#rows tr")
                    .filter(new Locator.FilterOptions()
                            .setHas(page.locator("td.name").filter(new Locator.FilterOptions().setHasText(container))));
        }

        void shot(String name) {
            Optional.ofNullable(System.getProperty("screenshots"))
                    .ifPresent(folder -> page.screenshot(
                            new Page.ScreenshotOptions().setFullPage(true).setPath(Path.of(folder, name + ".png"))));
        }

        void close() {
            close(0);
        }

        /** @param refusals answers that the browser itself notes as errors */
        void close(int refusals) {
            List<String> other = console.stream()
                    .filter(line ->
                            !line.contains("ERR_CONNECTION_REFUSED") && !line.contains("ERR_INCOMPLETE_CHUNKED"))
                    .toList();
            assertThat(other).as("what the browser complained of").hasSize(refusals);
            page.close();
        }
    }

    private static Opened open(AgentProcess agent, int width, ColorScheme scheme) throws IOException {
        Page page = browser.orElseThrow()
                .chromium()
                .newPage(new NewPageOptions().setViewportSize(width, 800).setColorScheme(scheme));
        List<String> console = new ArrayList<>();
        Consumer<String> keep = console::add;
        page.onConsoleMessage(message -> keep.accept(message.text()));
        page.onPageError(keep);
        page.onDialog(dialog -> keep.accept("a dialog: " + dialog.message()));
        page.navigate("http://127.0.0.1:" + agent.monitorPort() + "/");
        assertThat(page.locator("#live")).hasText("live");
        return new Opened(page, console);
    }
}
