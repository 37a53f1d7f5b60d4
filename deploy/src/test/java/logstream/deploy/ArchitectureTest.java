package logstream.deploy;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Who may know whom. */
class ArchitectureTest {
    private static final JavaClasses PROGRAM = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("logstream.deploy");

    @Test
    void onlyOnePackageKnowsTheSdk() {
        noClasses()
                .that()
                .resideOutsideOfPackage("logstream.deploy.aws")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("software.amazon.awssdk..")
                .check(PROGRAM);
    }

    @Test
    void theProgramKnowsNothingOfTheAgent() {
        classes()
                .that()
                .resideInAPackage("logstream.deploy..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "logstream.deploy..",
                        "java..",
                        "picocli..",
                        "com.fasterxml.jackson..",
                        "software.amazon.awssdk..",
                        "org.jspecify..")
                .check(PROGRAM);
    }

    @Test
    void stacksKnowTemplatesOnly() {
        noClasses()
                .that()
                .resideInAPackage("logstream.deploy.stacks")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("logstream.deploy", "logstream.deploy.aws", "logstream.deploy.docker", "picocli..")
                .check(PROGRAM);
    }

    @Test
    void templatesAndDockerStandAlone() {
        noClasses()
                .that()
                .resideInAnyPackage("logstream.deploy.templates", "logstream.deploy.docker")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("logstream.deploy", "logstream.deploy.aws", "logstream.deploy.stacks", "picocli..")
                .check(PROGRAM);
    }
}
