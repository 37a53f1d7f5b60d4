package logstream;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Who may import whom, and what nothing is called. The packages and their order are those of the data path: what comes in
 * (forward), what lies (buffer) and what goes out (kinesis) know nothing of each other.
 */
class ArchitectureTest {
    private static final DescribedPredicate<JavaClass> OURS =
            resideInAnyPackage("logstream", "logstream..").as("classes of ours");

    /** Words that name no responsibility. */
    private static final Pattern EMPTY_WORDS =
            Pattern.compile(".*(Util|Utils|Common|Core|Impl|Manager|Helper)([A-Z$].*)?|Abstract[A-Z].*");

    private static final Set<String> EMPTY_PACKAGE_WORDS =
            Set.of("util", "utils", "common", "core", "impl", "manager", "helper", "abstract");

    private static JavaClasses program;

    @BeforeAll
    static void readTheProgram() throws URISyntaxException {
        Path compiled = Path.of(
                Agent.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        program = new ClassFileImporter().importPath(compiled);
    }

    @Test
    void everyPackageIsLookedAt() {
        Set<String> packages = new TreeSet<>();
        for (JavaClass one : program) {
            packages.add(one.getPackageName());
        }
        assertThat(packages)
                .containsExactly(
                        "logstream",
                        "logstream.buffer",
                        "logstream.cli",
                        "logstream.config",
                        "logstream.control",
                        "logstream.forward",
                        "logstream.kinesis",
                        "logstream.local",
                        "logstream.metrics",
                        "logstream.migration",
                        "logstream.monitor",
                        "logstream.ownlog",
                        "logstream.pipeline",
                        "logstream.tail");
        assertThat(program.contain(Agent.class.getName())).isTrue();
        assertThat(program.contain(ArchitectureTest.class.getName())).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "pipeline, forward buffer kinesis metrics",
        "forward, metrics",
        "buffer, metrics",
        "kinesis, metrics",
        "local, ''",
        "metrics, ''",
        "migration, buffer metrics pipeline",
        "monitor, forward metrics pipeline tail",
        "tail, ''",
        "control, ''",
        "ownlog, ''",
    })
    void aPackageImportsOnly(String name, String allowed) {
        DescribedPredicate<JavaClass> others = OURS.and(not(resideInAPackage("logstream." + name + "..")));
        for (String one : allowed.isEmpty() ? List.<String>of() : List.of(allowed.split(" "))) {
            others = others.and(not(resideInAPackage("logstream." + one + "..")));
        }
        noClasses()
                .that()
                .resideInAPackage("logstream." + name + "..")
                .should()
                .dependOnClassesThat(others.as("packages of ours other than [" + allowed + "]"))
                .check(program);
    }

    @Test
    void configImportsNothingButConfigRecords() {
        noClasses()
                .that()
                .resideInAPackage("logstream.config..")
                .should()
                .dependOnClassesThat(OURS.and(not(resideInAPackage("logstream.config..")))
                        .and(not(configRecord()))
                        .as("classes of ours that are no ...Config record"))
                .check(program);
    }

    @Test
    void nothingImportsTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackage("logstream.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("logstream.cli..")
                .check(program);
    }

    @Test
    void onlyKinesisImportsTheAwsSdk() {
        noClasses()
                .that()
                .resideOutsideOfPackage("logstream.kinesis..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("software.amazon..")
                .check(program);
    }

    @Test
    void noPackageImportsItselfOverOthers() {
        slices().assignedFrom(new ByPackage())
                .namingSlices("$1")
                .should()
                .beFreeOfCycles()
                .check(program);
    }

    @Test
    void everyNameSaysSomething() {
        for (JavaClass one : program) {
            assertThat(EMPTY_WORDS.matcher(one.getSimpleName()).matches())
                    .as("the class name %s holds a word that says nothing", one.getName())
                    .isFalse();
            assertThat(List.of(one.getPackageName().split("\\.")))
                    .as("package of %s", one.getName())
                    .doesNotContainAnyElementsOf(EMPTY_PACKAGE_WORDS);
        }
    }

    private static DescribedPredicate<JavaClass> configRecord() {
        return describe("...Config records, what is nested in them and what they are made of", one -> {
            JavaClass outermost = one.getEnclosingClass().orElse(one);
            return isConfig(outermost)
                    || outermost.getDirectDependenciesToSelf().stream()
                            .map(dependency -> dependency.getOriginClass())
                            .anyMatch(origin ->
                                    isConfig(origin) && origin.getPackageName().equals(outermost.getPackageName()));
        });
    }

    private static boolean isConfig(JavaClass one) {
        return one.getName().replaceFirst("\\$.*", "").endsWith("Config");
    }

    /** One slice per package, the root's classes being one, too. */
    private static final class ByPackage implements SliceAssignment {
        @Override
        public SliceIdentifier getIdentifierOf(JavaClass one) {
            return OURS.test(one) ? SliceIdentifier.of(one.getPackageName()) : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "packages of ours";
        }
    }
}
